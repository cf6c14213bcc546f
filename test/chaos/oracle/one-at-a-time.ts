import type { Finding } from './finding.js';
import type { Attempt, RunStory } from './run-story.js';

type Started = Attempt & { runId: string; startedAt: bigint; lastWriteAt: bigint };

/**
 * A host measures one thing at a time: of two attempts on one host the earlier writes nothing once the later has
 * begun. (One that was killed never writes again, so that its run may well still count as started.)
 */
export function oneAtATime(runs: Iterable<RunStory>): Finding[] {
  const byHost = new Map<string, Started[]>();
  for (const { runId, request, attempts } of runs) {
    if (request === null) continue;
    const started = attempts.filter((attempt): attempt is Started => attempt.startedAt !== null);
    const ofHost = byHost.get(request.hostId) ?? [];
    byHost.set(request.hostId, [...ofHost, ...started.map((attempt) => ({ ...attempt, runId }))]);
  }
  return [...byHost].flatMap(([hostId, attempts]) => {
    attempts.sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
    let latest: Started | undefined;
    return attempts.flatMap((attempt): Finding[] => {
      const before = latest;
      if (latest === undefined || attempt.lastWriteAt > latest.lastWriteAt) latest = attempt;
      if (before === undefined || before.lastWriteAt < attempt.startedAt) return [];
      const [a, b] = [before, attempt].map((one) => `run-${one.runId} (attempt ${one.number}, ${one.worker})`);
      return [{ check: 'one-at-a-time', about: hostId, says: `${a} still wrote after ${b} had begun` }];
    });
  });
}
