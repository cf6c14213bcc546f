import { createHash } from 'node:crypto';
import {
  type AcceptedJobSpec,
  acceptedJobSpecSchema,
  bootStateStream,
  type Cause,
  hostStream,
  jobStream,
  type PlannedRun,
  runStream,
} from '#contracts';
import { type NoiseConditions, Random, seedOf } from '#entry-sim';
import { deterministicId, type NewEvent } from '#event-store';
import {
  bootStateDecider,
  hostDecider,
  type Job,
  type JobCommand,
  jobDecider,
  jobSeed,
  planJob,
  type RunRequest,
  runSeed,
  type RunTally,
} from '#lifecycle';
import { demoId } from '../ids.js';
import { dateOf, nightStart } from '../options.js';
import type { Story } from '../story/story.js';
import { type Fate, fateOf } from './fate.js';
import type { Boot, HostCourse } from './host-course.js';
import { demoWorker, eventsOfRun } from './run.js';

/** One append: events of one stream, which stands at `version` before. */
export interface Append {
  stream: string;
  version: number;
  events: NewEvent[];
  cause: Cause;
}

export interface RunOfNight {
  runId: string;
  hostId: string;
  replicate: number;
  seed: number;
  boot: Boot;
  conditions: NoiseConditions;
  startedAt: Date;
  fate: Fate;
}

const minuteMs = 60_000;
const warmup = 100;
const timeoutMs = 60_000;

/** Everything of a night that its events are made of. */
export interface Night {
  night: number;
  jobId: string;
  spec: AcceptedJobSpec;
  plan: PlannedRun[];
  submittedAt: Date;
  runs: RunOfNight[];
}

const isOut = ({ items }: Story, night: number): boolean =>
  items.some(({ kind, night: first, lastNight }) => kind === 'outage' && first <= night && night <= lastNight);

/** The hosts that are in place on a night. */
export function hostsOn(courses: readonly HostCourse[], night: number): HostCourse[] {
  return courses.filter(({ tenure: { from, to } }) => from <= night && night < to);
}

/** What is planned for a night and how each run goes; null where nothing ran. `appendsOf` makes events of it. */
export function nightOf(story: Story, courses: readonly HostCourse[], night: number): Night | null {
  const { options } = story;
  const here = hostsOn(courses, night);
  if (isOut(story, night) || here.length === 0) return null;
  const date = dateOf(options, night);
  const jobId = demoId('job', options.seed, options.samples, options.runs, options.hosts, date);
  const seed = jobSeed(jobId);
  const spec = acceptedJobSpecSchema.parse({
    ...{ name: `demo: night of ${date}`, hosts: here.map(({ tenure }) => tenure.hostId), probes: ['pf'] },
    ...{ faults: options.samples, warmup, runsPerHost: options.runs, timeoutMs, seed },
  });
  const boots = new Map(here.map((course) => [course.tenure.hostId, course.bootAt(night)]));
  const conditions = new Map(here.map((course) => [course.tenure.hostId, course.conditionsAt(night)]));
  const known = [...boots.values()].map(({ description: { hostId, labels, capabilities } }) => ({
    ...{ hostId, labels, capabilities },
  }));
  const plan = planJob(spec, known, jobId);
  // Some time between one and three in the morning: such jobs start when the machines are free.
  const minutes = 60 + 120 * new Random(seedOf('night', options.seed, night)).uniform();
  const submittedAt = new Date(nightStart(options, night).getTime() + Math.floor(minutes * minuteMs));
  const runs = plan.map(({ runId, hostId, probe, replicate }): RunOfNight => {
    const ofRun = runSeed(seed, hostId, probe, replicate);
    const delayMs = (replicate + 1) * minuteMs + (seedOf(ofRun, 'delay') % 20_000);
    const [boot, met] = [boots.get(hostId), conditions.get(hostId)];
    if (boot === undefined || met === undefined) throw new Error(`${hostId} is planned and not there`);
    return {
      ...{ runId, hostId, replicate, seed: ofRun, boot, conditions: met },
      startedAt: new Date(submittedAt.getTime() + delayMs),
      fate: fateOf(ofRun, options.samples, met.unrest),
    };
  });
  return { night, jobId, spec, plan, submittedAt, runs };
}

const cause = (night: string): Cause => ({ correlationId: night, causationId: null, actor: 'demo' });

/** Boot states and hosts that are new on this night or changed since the one before. `known` are hashes that earlier nights wrote. */
export function hostAppends(
  { options }: Story,
  courses: readonly HostCourse[],
  night: number,
  known: Set<string>,
): Append[] {
  const at = new Date(nightStart(options, night).getTime() + 30 * minuteMs);
  const envelope = (stream: string, version: number, event: NewEvent['event']): NewEvent => ({
    ...{ event, occurredAt: at, eventId: demoId(options.seed, stream, version) },
  });
  return hostsOn(courses, night).flatMap((course): Append[] => {
    const boot = course.boots.find((one) => one.night === night);
    if (boot === undefined) return [];
    const { bootState, bootStateHash, description } = boot;
    const { hostId } = description;
    const before = courses
      .filter(({ tenure }) => tenure.hostId === hostId)
      .flatMap(({ boots }) => boots.filter((one) => one.night < night));
    const register = (one: Boot) => ({ type: 'register' as const, workerId: demoWorker, description: one.description });
    const state = before.reduce(
      (host, one) => hostDecider.decide(register(one), host).reduce(hostDecider.evolve, host),
      hostDecider.initial,
    );
    const appends: Append[] = hostDecider.decide(register(boot), state).map((event) => ({
      stream: hostStream(hostId),
      version: before.length,
      events: [envelope(hostStream(hostId), before.length, event)],
      cause: cause(demoId('hosts', options.seed, night)),
    }));
    if (known.has(bootStateHash)) return appends;
    known.add(bootStateHash);
    const stream = bootStateStream(bootStateHash);
    const events = bootStateDecider
      .decide({ type: 'observe', bootState }, bootStateDecider.initial)
      .map((event) => envelope(stream, 0, event));
    return [{ stream, version: 0, events, cause: cause(demoId('hosts', options.seed, night)) }, ...appends];
  });
}

/** The night's job and its runs, one append a run, in the order in which they began. Made one at a time: it takes its time. */
export function* runAppends({ jobId, spec, plan, submittedAt, runs }: Night): Generator<Append> {
  const correlation = cause(demoId('request', jobId));
  const jobEvents = (command: JobCommand, job: Job, occurredAt: Date): NewEvent[] =>
    jobDecider.decide(command, job).map((event) => {
      return { event, occurredAt, eventId: deterministicId(jobId, event.type) };
    });
  const bodyHash = createHash('sha256').update(JSON.stringify(spec)).digest('hex');
  const submit = jobEvents({ type: 'submit', jobId, spec, plan, bodyHash }, jobDecider.initial, submittedAt);
  yield { stream: jobStream(jobId), version: 0, events: submit, cause: correlation };

  const tally: RunTally = { completed: 0, failed: 0, abandoned: 0 };
  let lastMs = submittedAt.getTime();
  for (const { runId, hostId, replicate, seed, boot, conditions, fate, startedAt } of runs) {
    const request: RunRequest = {
      ...{ runId, jobId, hostId, attempt: 1, executor: 'simulator', probe: 'pf', replicate, seed },
      ...{ faults: spec.faults, warmup: spec.warmup, timeoutMs: spec.timeoutMs, priority: spec.priority },
    };
    const queuedAt = new Date(submittedAt.getTime() + 1_000);
    const { events, state } = eventsOfRun({ request, boot, conditions, fate, queuedAt, startedAt });
    tally[state] += 1;
    lastMs = Math.max(lastMs, events.at(-1)?.occurredAt?.getTime() ?? 0);
    yield {
      stream: runStream(runId),
      version: 0,
      events,
      cause: { ...correlation, causationId: submit[0]?.eventId ?? null },
    };
  }
  const running = submit
    .map(({ event }) => event)
    .filter((event) => jobDecider.owns(event))
    .reduce(jobDecider.evolve, jobDecider.initial);
  const ended = jobEvents({ type: 'complete', runs: tally }, running, new Date(lastMs + 1_000));
  yield { stream: jobStream(jobId), version: submit.length, events: ended, cause: correlation };
}
