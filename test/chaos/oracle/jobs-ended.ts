import type { Finding } from './finding.js';
import type { StoredEvent } from './rows.js';
import type { RunStory } from './run-story.js';

/** How the runs of a plan stand, for people. */
function openRuns(stories: readonly (RunStory | undefined)[]): string {
  const states = stories.flatMap((story) => {
    if (story === undefined) return ['planned'];
    if (story.end !== null) return [];
    return [story.attempts.at(-1)?.startedAt === null ? 'queued' : 'started'];
  });
  const counts = new Map<string, number>();
  for (const state of states) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${state}`).join(', ') || 'none';
}

function endOf(
  job: readonly StoredEvent[],
  plan: readonly (RunStory | undefined)[],
  accepted: boolean,
  wrong: (says: string) => void,
): void {
  const types = job.map(({ type }) => type);
  if (!/^JobSubmitted(,JobCancelled)?(,JobCompleted)?$/.test(types.join())) wrong(`its stream reads ${types.join()}`);
  job.forEach(({ version }, index) => version === index + 1 || wrong(`version ${version} follows ${index}`));
  if (!accepted) wrong('nobody submitted it');
  const end = job.find((event) => event.type === 'JobCompleted');
  const open = openRuns(plan);
  if (end === undefined) return wrong(`it has not ended; of its runs are open: ${open}`);
  if (open !== 'none') wrong(`it has ended, but of its runs are open: ${open}`);
  for (const how of ['completed', 'failed', 'abandoned'] as const) {
    const are = plan.filter((story) => story?.end === how).length;
    const said = end.data.runs[how];
    if (are !== said) wrong(`it says that ${said} runs are ${how}, ${are} are`);
  }
}

/** Every job that was accepted is there, has ended, and says of its runs what their streams say. */
export function jobsEnded(
  accepted: readonly string[],
  jobs: ReadonlyMap<string, readonly StoredEvent[]>,
  runs: ReadonlyMap<string, RunStory>,
): Finding[] {
  const findings: Finding[] = [];
  const about = (jobId: string) => (says: string) => void findings.push({ check: 'jobs', about: `job-${jobId}`, says });
  for (const jobId of accepted) if (!jobs.has(jobId)) about(jobId)('it was accepted and is not there');
  const planned = new Set<string>();
  for (const [jobId, events] of jobs) {
    const [submitted] = events;
    if (submitted?.type !== 'JobSubmitted') {
      about(jobId)('its stream does not begin with JobSubmitted');
      continue;
    }
    const ids = submitted.data.plan.map(({ runId }) => runId);
    ids.forEach((runId) => planned.add(runId));
    const plan = ids.map((runId) => runs.get(runId));
    endOf(events, plan, accepted.includes(jobId), about(jobId));
  }
  for (const runId of runs.keys())
    if (!planned.has(runId)) findings.push({ check: 'jobs', about: `run-${runId}`, says: 'no job planned it' });
  return findings;
}
