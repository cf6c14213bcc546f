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
import { type Metric, metricNames, type RunDetail, type RunView } from '#contracts';
import { type Column, type Look, numbers, plainLook } from './columns.js';
import { shortId, table, time } from './format.js';
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

function quantiles(run: RunDetail): string {
  return table(
    ['metric', 'samples ', 'interrupted ', 'invalid ', 'min ', 'p5 ', 'p25 ', 'p50 ', 'p75 ', 'p95 ', 'p99 ', 'max ', 'ns at p50 '],
    run.results.map((r) => [
      r.metric,
      ...[r.samples, r.interrupted, r.invalid].map(count),
      ...[r.minCycles, r.p5Cycles, r.p25Cycles, r.p50Cycles, r.p75Cycles, r.p95Cycles, r.p99Cycles, r.maxCycles].map(cycles),
      nanoseconds(r.p50Ns),
    ]),
  ); // prettier-ignore
}

export function runText(run: RunDetail): string {
  const lines = [
    `run ${run.runId} of job ${run.jobId}: ${run.state} (${runStates[run.state]})`,
    `  ${run.hostId}, ${run.executor}, ${run.probe}, replicate ${run.replicate}, ${attemptText(run.attempt)}, ${run.provenance ?? 'provenance not known yet'}`,
    `  queued ${time(run.queuedAt)}, started ${time(run.startedAt)}, ended ${time(run.endedAt)}`,
    `  faults ${count(run.faults)} = samples ${count(run.samples)} + lost ${count(run.lost)} + rejected ${count(run.rejected)}; damaged lines ${count(run.damagedLines)}; stamp overhead ${cycles(run.overheadCycles)} cycles (not subtracted)`,
  ];
  if (run.failure !== null) lines.push(`  ${run.failure.code}: ${run.failure.message}`, `  → ${run.failure.remedy}`);
  if (run.bootState !== null) {
    const { cpu, kernelRelease: kernel, kpti, extra } = run.bootState;
    const booted = bootText({ kernel, kpti, cpuModel: extra.cpuModel ?? null, bootOptions: extra.bootOptions ?? null });
    lines.push(`  ${cpu.generation}, kernel ${kernel} (${booted}), boot state ${run.bootStateHash ?? ''}`);
  }
  if (run.noise !== null) lines.push(`  noise: ${noiseText(run.noise)}`);
  for (const { note, labels = {}, by, at } of run.annotations) {
    const said = [
      ...Object.entries(labels).map(([name, value]) => `${name}=${value}`),
      ...(note === undefined ? [] : [note]),
    ];
    lines.push(`  ${time(at)} ${by}: ${said.join(' ')}`);
  }
  if (run.results.length > 0) lines.push(quantiles(run));
  lines.push(...floorLines(run.results.map(({ metric, noiseFloor }) => ({ hostId: run.hostId, metric, noiseFloor }))));
  for (const gap of run.gaps) {
    lines.push(
      `  ${attemptText(gap.attempt)}, bytes ${gap.rawFrom} to ${gap.rawTo}: ${gap.reason}, ${count(gap.lostSamples)} samples lost: ${gap.detail}`,
    );
  }
  return lines.join('\n');
}
