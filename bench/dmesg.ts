// npm run bench:dmesg [-- GIGABYTES]: libs/dmesg beside grep -F -c, a bare Buffer.indexOf, mawk and readline with expressions, in one run on
// the same files; writes bench/results/dmesg.json and prints it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cost } from './dmesg/cost.js';
import { magic, makeLog, type LogShape, type MadeLog } from './dmesg/make-log.js';

const gigabytes = Number(process.argv[2] ?? 1);
/** Everybody runs in turn so often; the best CPU time counts, since others use this machine too. */
const rounds = 5;
/** These take so long that two rounds must do. */
const slow = ['mawk', 'readline'];
const slowRounds = 2;

interface Measured {
  samples: number | null;
  /** Sums over the samples' values, where the contender is ours or readline. */
  sums?: string;
  seconds: number;
  cpuSeconds: number;
  rssEarlyMiB?: number;
  rssLateMiB?: number;
}

/** The same fields that ours reads, of both forms of line; without the checksum, which awk has no operators for. */
const awkProgram = `index($0, "${magic}") {
  for (i = NF; i > 0; i--) {
    if (substr($i, 1, 4) == "u2k=") { n++; sum += substr($i, 5) }
    else if (substr($i, 1, 4) == "k2u=") { k += substr($i, 5) }
    else if (substr($i, 1, 4) == "seq=") { s += substr($i, 5) }
    else if (substr($i, 1, 2) == "d=") {
      m = split(substr($i, 3), pairs, ",")
      for (j = 1; j <= m; j++) { split(pairs[j], both, "/"); n++; sum += both[1]; k += both[2] }
    }
  }
}
END { print n, sum, k, s }`;

/** Runs a program under the shell's clock; gives its output and its times. */
function timed(program: string, options: string[]): Measured & { output: string } {
  const script = 'TIMEFORMAT="%R %U %S"; time "$0" "$@"';
  const shell = `exec 3>&2; { ${script}; } 2>&1 1>&4 4>&1`;
  const output = execFileSync('bash', ['-c', `{ ${shell}; } 4>&1; true`, program, ...options], {
    env: { ...process.env, LC_ALL: 'C' },
  }).toString();
  const lines = output.trim().split('\n');
  const times = lines.find((line) => /^\d+\.\d+ \d+\.\d+ \d+\.\d+$/.test(line)) ?? '';
  const [seconds = Number.NaN, user = Number.NaN, system = Number.NaN] = times.split(' ').map(Number);
  return {
    samples: null,
    seconds,
    cpuSeconds: user + system,
    output: lines.filter((line) => line !== times).join('\n'),
  };
}

function node(who: 'ours' | 'readline', path: string): Measured {
  const contender = join(import.meta.dirname, 'dmesg/contender.js');
  const cost = JSON.parse(execFileSync(process.execPath, [contender, who, path]).toString()) as Cost;
  return { ...cost, sums: [cost.seqSum, cost.u2kSum, cost.k2uSum, cost.interrupted].join() };
}

const contenders: Record<string, (path: string) => Measured> = {
  ours: (path) => node('ours', path),
  grep: (path) => timed('grep', ['-F', '-c', magic, path]),
  search: (path) => {
    const contender = join(import.meta.dirname, 'dmesg/contender.js');
    const cost = JSON.parse(execFileSync(process.execPath, [contender, 'search', path]).toString()) as Cost;
    return { samples: null, seconds: cost.seconds, cpuSeconds: cost.cpuSeconds };
  },
  mawk: (path) => {
    const { output, ...cost } = timed('mawk', [awkProgram, path]);
    return { ...cost, samples: Number(output.split(' ')[0]) };
  },
  readline: (path) => node('readline', path),
};

function race(path: string, made: MadeLog, who: string[]): Record<string, unknown> {
  const best: Record<string, Measured> = {};
  let sums: string | undefined;
  for (let round = 0; round < rounds; round++) {
    for (const name of who.filter((one) => round < slowRounds || !slow.includes(one))) {
      const cost = contenders[name]!(path);
      if (cost.samples !== null && cost.samples !== made.samples)
        throw new Error(`${name} found ${cost.samples} of ${made.samples} samples`);
      sums ??= cost.sums;
      if (cost.sums !== undefined && cost.sums !== sums) throw new Error(`${name} read ${cost.sums}, not ${sums}`);
      const before = best[name];
      if (before === undefined || cost.cpuSeconds < before.cpuSeconds) best[name] = cost;
    }
  }
  const rates = Object.entries(best).map(([name, { cpuSeconds, seconds, rssEarlyMiB, rssLateMiB }]) => [
    name,
    {
      cpuSeconds: Number(cpuSeconds.toFixed(3)),
      wallSeconds: Number(seconds.toFixed(3)),
      megabytesPerCpuSecond: Math.round(made.bytes / 1e6 / cpuSeconds),
      timesOurs: Number((best['ours']!.cpuSeconds / cpuSeconds).toFixed(2)),
      ...(rssLateMiB === undefined ? {} : { rssEarlyMiB, rssLateMiB }),
    },
  ]);
  return { ...made, ...(Object.fromEntries(rates) as Record<string, unknown>) };
}

const folder = mkdtempSync(join(tmpdir(), 'dmesg-bench-'));
const all = Object.keys(contenders);
const shapes: { name: string; shape: LogShape; who: string[] }[] = [
  {
    name: 'dmesg text, 1 % marked lines',
    shape: { bytes: gigabytes * 1e9, every: 100, batch: 1, form: 'dmesg' },
    who: all,
  },
  {
    name: 'kmsg records, 1 % marked lines',
    shape: { bytes: gigabytes * 1e9, every: 100, batch: 1, form: 'kmsg' },
    who: all,
  },
  {
    name: 'only marked lines, a sample each',
    shape: { bytes: gigabytes * 1e9, every: 1, batch: 1, form: 'kmsg' },
    who: all,
  },
  {
    name: 'only marked lines, 64 samples each',
    shape: { bytes: gigabytes * 1e9, every: 1, batch: 64, form: 'kmsg' },
    who: all,
  },
];
const results: Record<string, unknown> = {};
try {
  for (const { name, shape, who } of shapes) {
    const path = join(folder, 'log');
    results[name] = race(path, makeLog(path, shape), who);
  }
} finally {
  rmSync(folder, { recursive: true });
}
const report = {
  what: 'libs/dmesg beside grep -F -c, Buffer.indexOf for the same marks and nothing else (search), mawk (no checksum) and readline with expressions; best CPU time of all rounds',
  cpu: cpus()[0]?.model ?? 'unknown',
  node: process.version,
  loadAverage: loadavg()
    .map((load) => load.toFixed(1))
    .join(' '),
  results,
};
writeFileSync('bench/results/dmesg.json', `${JSON.stringify(report, null, 2)}\n`);
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
