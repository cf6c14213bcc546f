import { metricsOfProbe, probeNames, probeOf } from '#contracts';
import { lineStartText, longestLineBytes, magicText } from './contract-line.js';
import { fnv1a } from './fnv1a.js';

/** A run of which at least one line with a right checksum stands in a log. */
export interface FoundRun {
  nonce: string;
  /** As its begin line names it, else the only probe that prints such samples; null when neither was read. */
  probe: string | null;
  /** Measured faults, as its begin or end line says; null when neither was read. */
  announced: number | null;
}

export interface RunsFound {
  /** In the order of their first good lines. */
  runs: FoundRun[];
  /** More runs stand in the log than are kept here. */
  more: boolean;
  /** Marked lines of any kind, damaged ones too. */
  markedLines: number;
  /** Of these, lines that `dmesg --color` coloured inside. */
  colouredLines: number;
  /** Contract versions other than 1. */
  otherVersions: number[];
}

export interface RunFinder {
  /** Takes the next bytes of the log, cut anywhere. The chunk is not kept. */
  push(chunk: Uint8Array): void;
  /** The log is over. */
  end(): RunsFound;
}

/** Runs that are kept: more than a host makes in a year, about 2 MB. */
const mostRuns = 10_000;
const mostVersions = 16;
const needle = `${magicText} v=`;
const needleOffset = lineStartText.length - magicText.length;
const colourEnd = 0x6d;
const head = / v=(\d+) run=([0-9a-f]{8}) /y;
const line = /([ -~]*?) ck=([0-9a-f]{8})/y;
const begin = /^begin probe=(\w+) faults=(\d+)/;
const sample = /^pid=\d+ cpu=\d+ seq=\d+(?: n=\d+)? (\w+)=/;
const end = /^end faults=(\d+)/;

/**
 * Finds out which runs stand in a kernel log in any form, so that `createLogReader` can be given the nonce and probe of
 * one. Memory does not grow with the log. Lines of a run that is known are passed over without a look at their checksum.
 *
 * @param wanted a nonce that is kept however many others stand before it
 */
export function createRunFinder(wanted?: string): RunFinder {
  const runs = new Map<string, FoundRun>();
  const otherVersions = new Set<number>();
  let more = false;
  let markedLines = 0;
  let colouredLines = 0;
  let kept: Buffer = Buffer.alloc(0);
  /** Where in `kept` the search goes on. */
  let at = 0;

  const take = (bytes: Buffer, found: number): void => {
    markedLines++;
    const start = found - needleOffset;
    if (bytes[found - 1] === colourEnd) colouredLines++;
    if (start < 0) return;
    const text = bytes.toString('latin1', start, Math.min(bytes.length, start + longestLineBytes));
    if (!text.startsWith(lineStartText)) return;
    head.lastIndex = lineStartText.length;
    const [, version, nonce = ''] = head.exec(text) ?? [];
    if (version === undefined) return;
    if (version !== '1') {
      if (otherVersions.size < mostVersions) otherVersions.add(Number(version));
      return;
    }
    const known = runs.get(nonce);
    if (known !== undefined && isSettled(known)) return;
    line.lastIndex = head.lastIndex;
    const [, fields, checksum = ''] = line.exec(text) ?? [];
    if (fields === undefined) return;
    const checked = head.lastIndex + fields.length;
    if (fnv1a(bytes, start, start + checked) !== Number.parseInt(checksum, 16)) return;
    if (known === undefined && runs.size >= mostRuns && nonce !== wanted) {
      more = true;
      return;
    }
    const run = known ?? { nonce, probe: null, announced: null };
    runs.set(nonce, run);
    learn(run, fields);
  };

  const scan = (bytes: Buffer, to: number): void => {
    for (;;) {
      const found = bytes.indexOf(needle, at);
      if (found < 0 || found >= to) break;
      take(bytes, found);
      at = found + needle.length;
    }
    const keepFrom = Math.max(0, to - needleOffset);
    at = Math.max(at, to) - keepFrom;
    kept = bytes.subarray(keepFrom);
  };

  return {
    push(chunk) {
      const bytes = Buffer.concat([kept, chunk]);
      scan(bytes, Math.max(at, bytes.length - longestLineBytes));
    },
    end() {
      scan(kept, kept.length);
      return { runs: [...runs.values()], more, markedLines, colouredLines, otherVersions: [...otherVersions] };
    },
  };
}

function isSettled({ probe, announced }: FoundRun): boolean {
  return probe !== null && announced !== null;
}

function learn(run: FoundRun, fields: string): void {
  const begun = begin.exec(fields);
  const ended = end.exec(fields);
  if (begun !== null) run.probe = begun[1] ?? null;
  run.probe ??= probeOfSample(sample.exec(fields)?.[1]);
  const announced = begun?.[2] ?? ended?.[1];
  if (announced !== undefined) run.announced ??= Number(announced);
}

/** The only probe whose sample lines have this field; null when none or several do. */
function probeOfSample(field: string | undefined): string | null {
  const printing = probeNames.filter(
    (probe) => field === metricsOfProbe(probe)[0] || (field === 'd' && probeOf(probe).lines === 'pairs'),
  );
  return printing.length === 1 ? (printing[0] ?? null) : null;
}
