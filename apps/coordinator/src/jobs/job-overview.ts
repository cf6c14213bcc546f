import { type JobGroup, type JobOverview, jobOverviewSchema, type JobResultRow, type JobResults } from '#contracts';
import { median } from '#stats';
import { inNaturalOrder, isFlagged } from '#wording';
import { calibrationError } from '../compare/side.js';

/** Hosts that a group or a reason names. */
const named = 3;
/** Fewer rows say nothing of how far one may lie from the rest. */
const oddFromRows = 5;
/** Farther from the group's median than this many standard deviations, which the median absolute deviation estimates. */
const oddDeviations = 3;
/** Nothing nearer is odd, however alike the others are: the default margin of a comparison. */
const oddFromShare = 0.01;
/** Nor one step of the TSC, which many read in steps of 22 to 36 cycles; a little more, so that rounding decides nothing. */
const oddFromSteps = 1.01;
/** Of a normal distribution: its standard deviation over its median absolute deviation. */
const deviationsPerMad = 1.4826;

/** What rows of one group have in common. */
const common = [
  ...(['provenance', 'generation', 'virtualization', 'kernel', 'kpti', 'cpuModel', 'bootOptions'] as const),
  ...(['executor', 'probe', 'metric'] as const),
] as const satisfies readonly (keyof JobResultRow)[];

function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => readonly unknown[]): [Item, ...Item[]][] {
  const byKey = new Map<string, [Item, ...Item[]]>();
  for (const item of items) {
    const key = JSON.stringify(keyOf(item));
    const group = byKey.get(key);
    if (group === undefined) byKey.set(key, [item]);
    else group.push(item);
  }
  return [...byKey.values()];
}

const middle = (values: readonly number[]): number => median(values) ?? 0;
const total = (rows: readonly JobResultRow[], column: 'runs' | 'samples' | 'lost'): number =>
  rows.reduce((sum, row) => sum + row[column], 0);
const distinct = (items: readonly { hostId: string }[]): string[] => [...new Set(items.map(({ hostId }) => hostId))];

const rateKhz = ({ p50Cycles, p50Ns }: JobResultRow): number | null =>
  p50Ns === null ? null : (p50Cycles / p50Ns) * 1e6;

/** Whether a cycle is the same length in all rows; what is not known of several hosts is not taken for granted. */
function haveOneClock(rows: readonly JobResultRow[], rates: readonly (number | null)[]): boolean {
  if (rates.includes(null)) return distinct(rows).length === 1;
  const known = rates.flatMap((rate) => rate ?? []).sort((a, b) => a - b);
  return (known.at(-1) ?? 0) <= (known[0] ?? 0) * (1 + calibrationError);
}

interface Placed {
  row: JobResultRow;
  /** Its median over the group's. */
  ratio: number;
}
const away = ({ ratio }: Placed): number => Math.abs(Math.log(ratio));

/** Rows far from the rest, the farthest first. A hint where to look, not a verdict. */
function oddOnes(rows: readonly Placed[]): Placed[] {
  if (rows.length < oddFromRows) return [];
  const step = Math.max(...rows.map(({ row }) => (row.stepCycles ?? 0) / row.p50Cycles));
  const limit = Math.max(
    oddDeviations * deviationsPerMad * middle(rows.map(away)),
    Math.log1p(oddFromShare),
    -Math.log1p(-Math.min(oddFromSteps * step, 0.5)),
  );
  return rows.filter((row) => away(row) > limit).sort((a, b) => away(b) - away(a));
}

function groupOf(rows: readonly [JobResultRow, ...JobResultRow[]]): JobGroup {
  const rates = rows.map(rateKhz);
  const oneClock = haveOneClock(rows, rates);
  const ns = rates.includes(null) ? null : rows.map(({ p50Ns }) => p50Ns ?? 0);
  const compared = ns ?? rows.map(({ p50Cycles }) => p50Cycles);
  const level = middle(compared);
  const placed = rows.map((row, at): Placed => ({ row, ratio: (compared[at] ?? 0) / level }));
  const ratios = placed.map(({ ratio }) => ratio).sort((a, b) => a - b);
  const odd = oddOnes(placed);
  return {
    ...rows[0],
    hosts: distinct(rows).length,
    runs: total(rows, 'runs'),
    samples: total(rows, 'samples'),
    lost: total(rows, 'lost'),
    p50Cycles: oneClock ? middle(rows.map((row) => row.p50Cycles)) : null,
    p99Cycles: oneClock ? middle(rows.map((row) => row.p99Cycles)) : null,
    p50Ns: ns === null ? null : level,
    lowestRatio: ratios[0] ?? 1,
    highestRatio: ratios.at(-1) ?? 1,
    odd: odd
      .slice(0, named)
      .map(({ row: { hostId, p50Cycles, p50Ns }, ratio }) => ({ hostId, p50Cycles, p50Ns, ratio })),
    oddHosts: distinct(odd.map(({ row }) => row)).length,
    noisyHosts: distinct(rows.filter(({ noise }) => noise?.verdict === 'noisy')).length,
    flaggedHosts: distinct(rows.filter(({ noiseFloor }) => isFlagged(noiseFloor))).length,
  };
}

const nameOf = (group: JobGroup): string =>
  common.map((name) => (name === 'metric' ? '' : String(group[name]))).join('\n');

/** A job's result table by what varies in it, so that it can be read at 300 hosts as at three. */
export function jobOverview({ jobId, rows, failures }: JobResults): JobOverview {
  const reasons = grouped(failures, (one) => [one.failure?.code, one.state, one.probe, one.executor]);
  return jobOverviewSchema.parse({
    jobId,
    groups: grouped(rows, (row) => common.map((name) => row[name]))
      .map(groupOf)
      .sort((a, b) => inNaturalOrder(nameOf(a), nameOf(b)) || b.metric.localeCompare(a.metric)),
    failures: reasons
      .map((alike) => ({
        ...alike[0],
        runs: alike.reduce((sum, { runs }) => sum + runs, 0),
        hosts: distinct(alike).length,
        hostIds: distinct(alike).slice(0, named),
      }))
      .sort((a, b) => b.runs - a.runs),
    rows: rows.length,
    failureRows: failures.length,
  });
}
