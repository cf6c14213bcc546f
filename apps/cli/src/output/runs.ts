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
import { measureName, type RunDetail, type RunView } from '#contracts';
import { shortId, table, time } from './format.js';
import { floorLines } from './noise.js';

export function runsText(runs: readonly RunView[]): string {
  if (runs.length === 0) return 'no runs';
  const marks = runs.map(noiseOf);
  const asked = marks.some((mark) => mark !== none);
  return table(
    [
      'run',
      'host',
      'probe',
      'state',
      'attempt ',
      'samples ',
      'lost ',
      'p50 cycles',
      'provenance',
      ...(asked ? ['noise'] : []),
      'ended',
    ],
    runs.map((run, i) => [
      shortId(run.runId),
      run.guest === null ? run.hostId : `${run.hostId} (${guestText(run.guest)})`,
      run.probe,
      runStateText(run),
      count(run.attempt),
      count(run.samples),
      count(run.lost),
      run.results.map(({ metric, p50Cycles }) => `${measureName(run.probe, metric)} ${cycles(p50Cycles)}`).join(', '),
      run.provenance ?? none,
      ...(asked ? [marks[i] ?? none] : []),
      time(run.endedAt),
    ]),
  );
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
