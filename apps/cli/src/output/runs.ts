import {
  attemptText,
  bootText,
  count,
  cycles,
  gradeText,
  guestText,
  isFlagged,
  nanoseconds,
  noiseText,
  noisiest,
  none,
  runStates,
  runStateText,
} from '#wording';
import { type Metric, metricNames, type RunDetail, type RunResult, type RunView } from '#contracts';
import { type Column, type Look, numbers, plainLook } from './columns.js';
import { factLine, shortId, time, wrapped } from './format.js';
import { type Listing, tableText } from './listing.js';
import { floorLines } from './noise.js';

const hostOf = ({ hostId, guest }: RunView): string => (guest === null ? hostId : `${hostId} (${guestText(guest)})`);

/** TSC cycles of a metric, in columns of their own, so that a program need not take a text apart. */
function figuresOf(metric: Metric): Column<RunView>[] {
  const of = ({ results }: RunView) => results.find((result) => result.metric === metric);
  const onlyWhereSome = (run: RunView): boolean => of(run) !== undefined;
  return [
    numbers(`${metric} p25`, (run) => of(run)?.p25Cycles ?? null, cycles, { wide: true, onlyWhereSome }),
    numbers(`${metric} p50`, (run) => of(run)?.p50Cycles ?? null, cycles, { onlyWhereSome }),
    numbers(`${metric} p75`, (run) => of(run)?.p75Cycles ?? null, cycles, { wide: true, onlyWhereSome }),
  ];
}

const columns: readonly Column<RunView>[] = [
  { head: 'run', of: ({ runId }) => shortId(runId), raw: ({ runId }) => runId },
  { head: 'job', of: ({ jobId }) => shortId(jobId), raw: ({ jobId }) => jobId, wide: true },
  { head: 'host', of: hostOf, cut: true },
  { head: 'probe', of: ({ probe }) => probe },
  { head: 'state', of: runStateText, cut: true },
  numbers('attempt', ({ attempt }) => attempt, count, { spare: true, onlyWhereSome: ({ attempt }) => attempt > 1 }),
  numbers('samples', ({ samples }) => samples, count, { wide: true }),
  numbers('lost', ({ lost }) => lost, count, { onlyWhereSome: ({ lost }) => lost > 0 }),
  ...metricNames.flatMap(figuresOf),
  { head: 'provenance', of: ({ provenance }) => provenance ?? none, spare: true },
  { head: 'noise', of: (run) => noiseOf(run), spare: true, onlyWhereSome: (run) => noiseOf(run) !== none },
  { head: 'ended', of: ({ endedAt }) => time(endedAt), raw: ({ endedAt }) => endedAt, cut: true },
];

export const runsListing = (rows: readonly RunView[]): Listing<RunView> => ({
  ...{ columns, rows, name: ({ runId }) => runId },
});

export function runsText(runs: readonly RunView[], look: Look = plainLook): string {
  return runs.length === 0 ? 'no runs' : tableText(runsListing(runs), look);
}

/** Whether its machine was quiet then, and the grade of a host above the noise limit: `quiet, D 2.4 %`. */
function noiseOf({ noise, results }: RunView): string {
  const floor = noisiest(results.flatMap(({ noiseFloor }) => noiseFloor ?? []));
  const parts = [...(noise === null ? [] : [noise.verdict]), ...(isFlagged(floor) ? [gradeText(floor)] : [])];
  return parts.length === 0 ? none : parts.join(', ');
}

const quantileColumns: readonly Column<RunResult>[] = [
  { head: 'metric', of: ({ metric }) => metric },
  numbers('samples', ({ samples }) => samples, count, { spare: true }),
  numbers('interrupted', ({ interrupted }) => interrupted, count, { spare: true }),
  numbers('invalid', ({ invalid }) => invalid, count, { onlyWhereSome: ({ invalid }) => invalid > 0 }),
  numbers('min', ({ minCycles }) => minCycles, cycles, { spare: true }),
  numbers('p5', ({ p5Cycles }) => p5Cycles, cycles),
  numbers('p25', ({ p25Cycles }) => p25Cycles, cycles),
  numbers('p50', ({ p50Cycles }) => p50Cycles, cycles),
  numbers('p75', ({ p75Cycles }) => p75Cycles, cycles),
  numbers('p95', ({ p95Cycles }) => p95Cycles, cycles),
  numbers('p99', ({ p99Cycles }) => p99Cycles, cycles),
  numbers('max', ({ maxCycles }) => maxCycles, cycles, { spare: true }),
  numbers('ns at p50', ({ p50Ns }) => p50Ns, nanoseconds),
];

/** Facts of a run before its figures, without their indent. */
function factsOf(run: RunDetail): string[] {
  const facts = [
    `${run.hostId}, ${run.executor}, ${run.probe}, replicate ${run.replicate}, ${attemptText(run.attempt)}, ${run.provenance ?? 'provenance not known yet'}`,
    `queued ${time(run.queuedAt)}, started ${time(run.startedAt)}, ended ${time(run.endedAt)}`,
    `faults ${count(run.faults)} = samples ${count(run.samples)} + lost ${count(run.lost)} + rejected ${count(run.rejected)}; damaged lines ${count(run.damagedLines)}; stamp overhead ${cycles(run.overheadCycles)} cycles (not subtracted)`,
  ];
  if (run.failure !== null) facts.push(`${run.failure.code}: ${run.failure.message}`, `→ ${run.failure.remedy}`);
  if (run.bootState !== null) {
    const { cpu, kernelRelease: kernel, kpti, extra } = run.bootState;
    const booted = bootText({ kernel, kpti, cpuModel: extra.cpuModel ?? null, bootOptions: extra.bootOptions ?? null });
    facts.push(`${cpu.generation}, kernel ${kernel} (${booted}), boot state ${run.bootStateHash ?? ''}`);
  }
  if (run.noise !== null) facts.push(`noise: ${noiseText(run.noise)}`);
  for (const { note, labels = {}, by, at } of run.annotations) {
    const said = [
      ...Object.entries(labels).map(([name, value]) => `${name}=${value}`),
      ...(note === undefined ? [] : [note]),
    ];
    facts.push(`${time(at)} ${by}: ${said.join(' ')}`);
  }
  return facts;
}

/** @param look of what it goes to; a run's own page has every column that fits there */
export function runText(run: RunDetail, look: Look = plainLook): string {
  const lines = [
    wrapped(`run ${run.runId} of job ${run.jobId}: ${run.state} (${runStates[run.state]})`, '', look, '  '),
    ...factsOf(run).map((fact) => factLine(fact, look)),
  ];
  if (run.results.length > 0) lines.push(tableText({ columns: quantileColumns, rows: run.results }, look));
  const floors = floorLines(run.results.map(({ metric, noiseFloor }) => ({ hostId: run.hostId, metric, noiseFloor })));
  lines.push(...floors.map((note) => wrapped(note, '', look, '  ')));
  for (const gap of run.gaps) {
    const where = `${attemptText(gap.attempt)}, bytes ${gap.rawFrom} to ${gap.rawTo}`;
    lines.push(factLine(`${where}: ${gap.reason}, ${count(gap.lostSamples)} samples lost: ${gap.detail}`, look));
  }
  return lines.join('\n');
}
