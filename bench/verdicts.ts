// npm run bench:verdicts -- [--repetitions 5000] [--only REGEXP]: how often comparisons are wrong, by drawing runs whose truth is known
// and judging them as GET /v1/compare does. A table on standard error, JSON on standard output; a whole run at 5,000 or more
// repetitions is kept as bench/results/verdicts.json.
import { execFileSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { Comparison } from '#contracts';
import { twoLevelBootstrap } from '#stats';
import { judge } from '../apps/coordinator/src/compare/judge.js';
import type { Side } from '../apps/coordinator/src/compare/side.js';
import { keepReport } from './report.js';
import {
  boots,
  controlled,
  deviate,
  drifting,
  inBlocks,
  independent,
  kinds,
  bodyAndTail,
  many,
  margin,
  onClocks,
  query,
  runSd,
  sameHosts,
  sideOf,
  spread,
} from './verdicts/experiments.js';

const { values } = parseArgs({
  options: {
    repetitions: { type: 'string', default: '5000' },
    /** Only the cells whose names match; others draw nothing. */
    only: { type: 'string', default: '' },
  },
});
/** Of the code that is measured: taken before others land. */
const commit = execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim();
const repetitions = Number(values.repetitions);
const only = new RegExp(values.only);
interface Row {
  cell: string;
  ratio: number;
  wrong: number;
  right: number;
  inconclusive: number;
  equal: number;
  coverage: number | null;
}

function tally(cell: string, ratio: number, once: () => Pick<Comparison, 'verdict' | 'interval'>): Row {
  const expected = ratio > 1 + margin ? 'slower' : ratio < 1 - margin ? 'faster' : 'equal';
  const counts = { wrong: 0, right: 0, inconclusive: 0, equal: 0, covered: 0, intervals: 0 };
  for (let i = 0; i < repetitions; i++) {
    const { verdict, interval } = once();
    if (verdict === 'inconclusive') counts.inconclusive += 1;
    else if (verdict === expected) counts.right += 1;
    else counts.wrong += 1;
    if (verdict === 'equal') counts.equal += 1;
    if (interval !== null) counts.intervals += 1;
    if (interval !== null && interval.low <= ratio && ratio <= interval.high) counts.covered += 1;
  }
  const share = (count: number): number => count / repetitions;
  const coverage = counts.intervals === 0 ? null : counts.covered / counts.intervals;
  const { wrong, right, inconclusive, equal } = counts;
  return {
    cell,
    ratio,
    wrong: share(wrong),
    right: share(right),
    inconclusive: share(inconclusive),
    equal: share(equal),
    coverage,
  };
}

const rows: Row[] = [];
function run(cell: string, ratio: number, once: () => Pick<Comparison, 'verdict' | 'interval'>): void {
  if (!only.test(cell)) return;
  const row = tally(cell, ratio, once);
  rows.push(row);
  const percent = (share: number | null): string => (share === null ? '–' : (100 * share).toFixed(1)).padStart(6);
  process.stderr.write(
    `${cell.padEnd(62)} × ${ratio.toFixed(3)} wrong ${percent(row.wrong)} right ${percent(row.right)} can’t tell ${percent(row.inconclusive)} coverage ${percent(row.coverage)}\n`,
  );
}

for (const hosts of [5, 10])
  for (const runs of [5, 10, 20])
    for (const ratio of [1, 1.05])
      run(`kind, ${hosts} hosts × ${runs} runs a side, host SD 3 %`, ratio, () =>
        kinds({ hosts, runs, hostSd: 0.03, ratio }),
      );
run('kind, 6 hosts of 10 or 20 runs, a and b the other way round', 1, () =>
  kinds({ hosts: 6, runs: 10, hostSd: 0.03, ratio: 1, unequal: true }),
);
run('kind, 5 hosts × 10 runs, ties (levels of 100 steps)', 1, () =>
  kinds({ hosts: 5, runs: 10, hostSd: 0.03, ratio: 1, base: 100 }),
);
run('kind, 5 hosts × 10 runs, step 26 at a level of 416', 1, () =>
  kinds({ hosts: 5, runs: 10, hostSd: 0.03, ratio: 1, step: 26, base: 416 }),
);
for (const hosts of [1, 3, 4])
  run(`kind, ${hosts} hosts × 20 runs`, 1, () => kinds({ hosts, runs: 20, hostSd: 0.03, ratio: 1 }));
for (const hosts of [1, 3, 5]) run(`hosts, the same ${hosts} × 10 runs`, 1, () => sameHosts(hosts, 10, 0.03, 1));
for (const hosts of [1, 3])
  run(`AR(1) 0.7 on ${hosts} hosts, interleaved in randomised blocks`, 1, () =>
    drifting(hosts, 10, () => inBlocks(10)),
  );
for (const hosts of [1, 3])
  run(`AR(1) 0.7 on ${hosts} hosts, all of a before b`, 1, () =>
    drifting(hosts, 10, () => Array.from({ length: 20 }, (_, place) => place >= 10)),
  );
for (const [hosts, controls] of [
  [5, 5],
  [1, 5],
  [3, 3],
] as const)
  for (const ratio of [1, 1.05])
    run(`AR(1) 0.7 shared and own, all of a before b, ${hosts} + ${controls} control hosts`, ratio, () =>
      controlled(hosts, controls, 10, ratio),
    );
for (const bootSd of [0.01, 0.02])
  for (const earlier of [0, 5, 20])
    run(`hosts, one boot a side, boot SD ${100 * bootSd} %, ${earlier} earlier boots known`, 1, () =>
      boots(bootSd, earlier),
    );
run('hosts, the same two of levels 1.00 and 1.10, 12 + 6 against 6 + 12 runs', 1, () => {
  const side = (name: 'a' | 'b', low: number, high: number): Side =>
    sideOf(name, [...independent('h0', low, 1), ...independent('h1', high, 1.1)], {});
  return judge(query, side('a', 12, 6), side('b', 6, 12));
});
run('kind, 5 hosts × 10 runs a side, host SD 1 %', 1.05, () =>
  kinds({ hosts: 5, runs: 10, hostSd: 0.01, ratio: 1.05 }),
);
run('hosts, the same 5 × 4 runs a side, host SD 3 %', 1.05, () => sameHosts(5, 4, 0.03, 1.05));
run('hosts, one × 10 runs, step 26 at 416, inside a step, run SD 0.5 %', 1.025, () => {
  const side = (name: 'a' | 'b', factor: number): Side =>
    sideOf(name, independent('h', 10, factor, 0.005), { step: 26, base: 410 });
  return judge(query, side('a', 1), side('b', 1.025));
});
const clocks = (
  cell: string,
  ratios: readonly number[],
  of: Omit<Parameters<typeof onClocks>[1], 'level'> & { level?: number },
) => {
  for (const ratio of ratios)
    run(cell, ratio, () =>
      judge(query, onClocks('a', { level: 410, ...of }), onClocks('b', { ...of, level: (of.level ?? 410) * ratio })),
    );
};
const [coarse, mixed] = [Array<number>(5).fill(26), [26, 26, 26, 1, 1]];
const rounded = { sampled: bodyAndTail, stamps: 'rounded', runSd: 0.002 } as const;
clocks('hosts, 1 × 10 runs of 200 samples of SD 5 %, step 26 at 410', [1, 1.025, 1.05, 1.2], {
  ...{ steps: [26], sampled: spread(0.05), stamps: 'anywhere', runSd },
});
clocks('hosts, 1 × 10 runs of 200 samples of SD 20 %, step 26 at 410', [1, 1.025, 1.05, 1.2], {
  ...{ steps: [26], sampled: spread(0.2), stamps: 'anywhere', runSd },
});
clocks('hosts, 5 × 10 runs, narrow body and tail, step 26 at 405', [1, 1.025, 1.05, 1.2], {
  ...rounded,
  steps: coarse,
  level: 405,
});
clocks('hosts, 5 × 10 runs, narrow body and tail, steps 26, 26, 26, 1, 1 at 405', [1, 1.025, 1.05, 1.2], {
  ...{ ...rounded, steps: mixed, level: 405 },
});
clocks('hosts, 5 × 10 runs, narrow body and tail, steps 26, 1, 1, 1, 1 at 405', [1, 1.025, 1.05], {
  ...{ ...rounded, steps: [26, 1, 1, 1, 1], level: 405 },
});
clocks('hosts, 1 × 10 runs, narrow body and tail, step 26 at 426.5, across an edge', [1.009, 1.03], {
  ...rounded,
  steps: [26],
  level: 426.5,
});
const mean = (sides: readonly (readonly number[])[]): number =>
  sides.reduce((sum, host) => sum + host.reduce((x, y) => x + y, 0) / host.length, 0) / sides.length;
const bootstrapped = Math.min(repetitions, 1_000);
let covered = 0;
for (let i = 0; i < bootstrapped; i++) {
  const side = (): number[][] =>
    many(5, () => [independent('h', 10, Math.exp(0.03 * deviate())).map(({ factor }) => factor)]);
  const { low, high } = twoLevelBootstrap(side(), side(), (a, b) => mean(b) / mean(a), {
    confidence: 0.95,
    resamples: 500,
    seed: i,
  });
  if (low <= 1 && 1 <= high) covered += 1;
}

function medianMs(work: () => unknown): number {
  const times = Array.from({ length: 5 }, () => {
    const began = performance.now();
    work();
    return performance.now() - began;
  }).sort((x, y) => x - y);
  return times[2] ?? Number.NaN;
}
const large = (name: 'a' | 'b'): Side =>
  sideOf(
    name,
    many(100, (i) => independent(`${name}${i}`, 100, 1)),
    {},
  );
const [largeA, largeB] = [large('a'), large('b')];
const small = (name: 'a' | 'b'): Side =>
  sideOf(
    name,
    many(5, (i) => independent(`h${i}`, 10, 1)),
    {},
  );
const cells = Array.from({ length: 200 }, () => [small('a'), small('b')] as const);
const result = {
  measuredAt: new Date().toISOString(),
  commit,
  machine: { cpu: cpus()[0]?.model ?? 'unknown', cpus: cpus().length, node: process.version, load: loadavg()[0] },
  command: `npm run bench:verdicts -- --repetitions ${repetitions}${values.only === '' ? '' : ` --only '${values.only}'`}`,
  margin,
  runSd,
  repetitions,
  rows,
  twoLevelBootstrapCoverageOf5HostsAKind: { repetitions: bootstrapped, coverage: covered / bootstrapped },
  speedMs: {
    twoSidesOf10000Runs: medianMs(() => judge(query, largeA, largeB)),
    matrixOf200Cells: medianMs(() => cells.map(([a, b]) => judge(query, a, b))),
  },
};
if (values.only === '' && repetitions >= 5_000) await keepReport('verdicts', result);
else process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
