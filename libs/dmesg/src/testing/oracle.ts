import { fnv1a } from '../fnv1a.js';

/** As printf writes a number: `007` is none of its. */
const digits = '(?:0|[1-9]\\d*)';
const field = (name: string): string => `${name}=(?<${name}>${digits})`;
const kinds = [
  // More fields may follow on a begin line.
  `begin probe=pf faults=${digits} warmup=${digits} pid=${digits} cpu=${digits} batch=${digits} overhead=${digits}(?!\\d)(?:(?! ck=|xperf: magic=0x19940619)[ -~])*`,
  `end faults=${digits} samples=${digits} rejected=${digits}`,
  `pid=${digits} cpu=${digits} ${field('seq')} (?:u2k=(?<u2k>\\d+) k2u=(?<k2u>-?\\d+) irq=(?<irq>[01])|n=(?<n>\\d+) d=(?<d>[0-9/,!-]+))`,
];
const line = new RegExp(
  `(?<body>xperf: magic=0x19940619 v=1 run=0badf00d (?:${kinds.join('|')})) ck=(?<check>[0-9a-f]{8})`,
  'g',
);
/** Offset of a line's kind. */
const kindAt = 'xperf: magic=0x19940619 v=1 run=0badf00d '.length;
const longestLine = 1_024;
const largest = 2 ** 31 - 1;

/** As printf writes the samples of a line with one, or of a batch: `1/`, `-2` are none of its. */
const single = /^(0|[1-9]\d*):(0|[1-9]\d*|-1)$/;
const batch = /^(0|[1-9]\d*)\/(0|[1-9]\d*|-1)!?$/;

/** What must come out of a log. */
export interface Expected {
  /** `seq:u2k:k2u:interrupted` of each sample, in the order of the log. */
  samples: string[];
  announced: number | null;
  lost: number;
  rejected: number;
  ended: boolean;
}

const fits = (values: readonly number[]): boolean => values.every((value) => value <= largest);

/** The numbers that stand behind ` faults=` or ` pid=`, in their order. */
function numbersFrom(body: string, name: string): number[] {
  const fields = body.slice(body.indexOf(` ${name}=`)).matchAll(/ [a-z]+=(\d+)/g);
  return [...fields].map(([, value]) => Number(value));
}

/** The samples of a line as text, or null when their form is wrong under a right checksum. */
function samplesOf({ seq, u2k, k2u, irq, n, d }: Record<string, string | undefined>): string[] | null {
  if (d === undefined) {
    const pair = `${u2k}:${k2u}`;
    return single.test(pair) && fits([Number(u2k), Number(k2u)]) ? [`${seq}:${pair}:${irq}`] : null;
  }
  const pairs = d.split(',');
  if (String(pairs.length) !== n || pairs.length > 64 || !pairs.every((pair) => batch.test(pair))) return null;
  if (!fits(d.split(/[/,]/).map((value) => Number.parseInt(value, 10)))) return null;
  return pairs.map((pair, index) => {
    const [first = '', second = ''] = pair.replace('!', '').split('/');
    return `${Number(seq) + index}:${first}:${second}:${pair.endsWith('!') ? 1 : 0}`;
  });
}

/**
 * What must be read from a log of run 0badf00d: every line that stands in it under a right checksum counts, once, unless
 * what was read before contradicts it. Written another way than the reader (expressions, strings and a set of sequence
 * numbers; slow), so that the two can be held against each other. Holes are never closed here, so it fits logs with
 * fewer holes than the reader keeps open.
 */
export function expectedOf(log: Buffer): Expected {
  const samples: string[] = [];
  const seen = new Set<number>();
  let next = 0;
  let announced: number | null = null;
  let ended: number | null = null;

  const announce = (faults: number): boolean => {
    if (announced === null ? faults < next : faults !== announced) return false;
    announced = faults;
    return true;
  };
  const takeEnd = (body: string): void => {
    const [faults = 0, given = 0, rejected = 0] = numbersFrom(body, 'faults');
    if (fits([faults, given, rejected]) && given + rejected === faults && announce(faults)) ended ??= rejected;
  };
  const takeSamples = (body: string, groups: Record<string, string | undefined>): void => {
    const read = samplesOf(groups);
    const first = Number(groups['seq']);
    const to = first + (read?.length ?? 0);
    if (read === null || !fits([...numbersFrom(body, 'pid').slice(0, 3), to - 1])) return;
    if (announced !== null && to > announced) return;
    for (let seq = first; seq < to; seq++) if (seen.has(seq)) return;
    for (let seq = first; seq < to; seq++) seen.add(seq);
    samples.push(...read);
    next = Math.max(next, to);
  };

  for (const found of log.toString('latin1').matchAll(line)) {
    const groups: Record<string, string | undefined> = found.groups ?? {};
    const { body = '', check = '', seq } = groups;
    if (found[0].length > longestLine || fnv1a(Buffer.from(body, 'latin1')) !== Number.parseInt(check, 16)) continue;
    if (seq !== undefined) takeSamples(body, groups);
    else if (body.startsWith('end ', kindAt)) takeEnd(body);
    else if (fits(numbersFrom(body, 'faults').slice(0, 6))) announce(numbersFrom(body, 'faults')[0]!);
  }
  const missing = (announced ?? next) - samples.length;
  const rejected = Math.min(ended ?? 0, missing);
  return { samples, announced, lost: missing - rejected, rejected, ended: ended !== null };
}
