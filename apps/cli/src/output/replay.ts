import { count, cycles } from '#wording';
import type { Reading, ReplayedRun, ReplayReply } from '#contracts';

export interface ReplaySummary {
  parserVersion: number;
  dryRun: boolean;
  runs: number;
  changed: number;
  same: number;
  /** Read by this parser before. */
  current: number;
  notReplayed: number;
}

export function summaryWith(before: ReplaySummary | null, { parserVersion, dryRun, runs }: ReplayReply): ReplaySummary {
  const sum = before ?? { parserVersion, dryRun, runs: 0, changed: 0, same: 0, current: 0, notReplayed: 0 };
  const rederived = runs.filter((run) => run.outcome === 'rederived');
  const changed = rederived.filter((run) => run.changed).length;
  return {
    ...{ parserVersion, dryRun, runs: sum.runs + runs.length, changed: sum.changed + changed },
    same: sum.same + rederived.length - changed,
    current: sum.current + runs.filter((run) => run.outcome === 'current').length,
    notReplayed: sum.notReplayed + runs.filter((run) => run.outcome === 'not-replayed').length,
  };
}

function difference(name: string, before: number, after: number): string[] {
  return before === after ? [] : [`${name} ${count(before)} → ${count(after)}`];
}

function medianDifferences(before: Reading, after: Reading): string[] {
  return after.medians.map(({ metric, p50Cycles }) => {
    const old = before.medians.find((one) => one.metric === metric)?.p50Cycles;
    return `${metric} p50 ${cycles(old)} → ${cycles(p50Cycles)}`;
  });
}

/** What a replay makes of a run, in one line; none where it changes nothing. */
export function replayedRunText({ runId, reason, before, after, changed }: ReplayedRun): string[] {
  if (reason !== null) return [`${runId}  not read again: ${reason}`];
  if (!changed || before === null || after === null) return [];
  const differences = [
    `${runId}  parser ${before.parserVersion} → ${after.parserVersion}`,
    ...difference('samples', before.samples, after.samples),
    ...difference('twice', before.repeated, after.repeated),
    ...difference('lost', before.lost, after.lost),
    ...difference('rejected', before.rejected, after.rejected),
    ...difference('damaged lines', before.damagedLines, after.damagedLines),
    ...medianDifferences(before, after),
  ];
  return [differences.join(', ')];
}

export function replaySummaryText({
  dryRun,
  runs,
  changed,
  same,
  current,
  notReplayed,
  ...rest
}: ReplaySummary): string {
  if (runs === 0) return `no run was read by a parser older than version ${rest.parserVersion}`;
  const parts = [
    `${count(changed)} ${dryRun ? 'would change' : 'put right'}`,
    `${count(same)} ${dryRun ? 'would stay' : 'stay'} as they are`,
    ...(current > 0 ? [`${count(current)} were read by parser ${rest.parserVersion} before`] : []),
    ...(notReplayed > 0 ? [`${count(notReplayed)} can't be read again`] : []),
  ];
  return `${count(runs)} runs: ${parts.join(', ')}${dryRun ? '; nothing was changed (leave --dry-run out for that)' : ''}`;
}
