import type { ChaosHost } from '../load.js';
import type { Fault } from '../schedule.js';
import { truthOf } from '../truth.js';
import { attemptsSpared, givenUp } from './attempts-spared.js';
import { batchesKept } from './batches-kept.js';
import type { Finding } from './finding.js';
import { jobsEnded } from './jobs-ended.js';
import { oneAtATime } from './one-at-a-time.js';
import type { Rows, StoredEvent } from './rows.js';
import { runStory, type RunStory } from './run-story.js';
import { samplesTrue } from './samples-true.js';

export interface Verdict {
  findings: Finding[];
  /** What was looked at. */
  checked: {
    events: number;
    jobs: number;
    runs: number;
    runEnds: Record<string, number>;
    attempts: number;
    attemptsGivenUp: Record<string, number>;
    /** Of completed runs, each compared with its true value. */
    samples: number;
    lost: number;
    rejected: number;
  };
}

function byStream(events: readonly StoredEvent[], prefix: string): Map<string, StoredEvent[]> {
  const streams = new Map<string, StoredEvent[]>();
  for (const event of events) {
    if (!event.stream.startsWith(prefix)) continue;
    const id = event.stream.slice(prefix.length);
    const stream = streams.get(id);
    if (stream) stream.push(event);
    else streams.set(id, [event]);
  }
  return streams;
}

function tally(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

async function measured(story: RunStory, rows: Rows, hosts: readonly ChaosHost[]): Promise<Finding[]> {
  const { request, completed, runId } = story;
  const attempt = story.attempts.at(-1);
  const machine = hosts.find(({ hostId }) => hostId === request?.hostId)?.machine;
  if (completed === null || request === null || machine === undefined || !attempt?.nonce) return [];
  try {
    return samplesTrue(story, await rows.batches(runId, completed.attempt), truthOf(request, machine, attempt.nonce));
  } catch (error) {
    return [{ check: 'samples', about: `run-${runId}`, says: `can't be read: ${(error as Error).message}` }];
  }
}

/** All that can be told from the rows of the event store. */
export async function judge(
  rows: Rows,
  { accepted, hosts, faults }: { accepted: readonly string[]; hosts: readonly ChaosHost[]; faults: readonly Fault[] },
): Promise<Verdict> {
  const events = await rows.events();
  const jobs = byStream(events, 'job-');
  const runs = new Map([...byStream(events, 'run-')].map(([runId, stream]) => [runId, runStory(runId, stream)]));
  const stories = [...runs.values()];
  const findings = [
    ...stories.flatMap((story) => story.findings),
    ...jobsEnded(accepted, jobs, runs),
    ...batchesKept(events, await rows.batchKeys()),
    ...oneAtATime(stories),
    ...attemptsSpared(faults, stories),
  ];
  for (const story of stories) findings.push(...(await measured(story, rows, hosts)));
  const completed = stories.flatMap((story) => story.completed ?? []);
  // Faults don't fail every run: then the executor does, and nothing was looked at.
  if (stories.length > 0 && completed.length === 0)
    findings.push({ check: 'samples', about: 'every run', says: `none of ${stories.length} was completed` });
  const sum = (of: 'samples' | 'lost' | 'rejected'): number => completed.reduce((total, one) => total + one[of], 0);
  const ends = stories.map(({ end, reason }) => (reason === null ? (end ?? 'open') : `${end}: ${reason}`));
  return {
    findings,
    checked: {
      events: events.length,
      jobs: jobs.size,
      runs: runs.size,
      runEnds: tally(ends),
      attempts: stories.reduce((total, { attempts }) => total + attempts.length, 0),
      attemptsGivenUp: givenUp(stories),
      ...{ samples: sum('samples'), lost: sum('lost'), rejected: sum('rejected') },
    },
  };
}
