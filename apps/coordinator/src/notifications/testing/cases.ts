// What routes are told, and what they are not: each case makes a quiet fleet into another, step by step.
import { randomUUID } from 'node:crypto';
import type { FindingState, FindingView, NotificationCause } from '#contracts';
import type { PrismaClient } from '#event-store';
import { bootState, recordDays, today } from '../../../../../test/fleet/recorded-days.js';
import { silentForMs } from '../causes/host-silent.js';

/** The fleet: h1 and h2 of rack r7, h3 of r8, h4 of none. */
export const hosts = { h1: 'r7', h2: 'r7', h3: 'r8', h4: null } as const;
type HostId = keyof typeof hosts;

interface Step {
  /** In words, after the cause's own. */
  fleet: string;
  make: (db: PrismaClient) => Promise<unknown>;
  /** Titles of the messages that it leads to. */
  tells: readonly string[];
}

export interface NotificationCase {
  cause: NotificationCause;
  steps: readonly Step[];
  /** Of the route; every host when left out. */
  selector?: string;
  /** Whether heartbeats could be heard for long enough. */
  couldHear?: boolean;
}

const step = (fleet: string, make: Step['make'], ...tells: string[]): Step => ({ fleet, make, tells });

const minutes = 60_000;
const heard =
  (ago: number, ...of: HostId[]) =>
  (db: PrismaClient) =>
    db.$executeRaw`UPDATE worker_presence SET seen_at = now() - ${ago}::float8 * interval '1 millisecond' WHERE host_id = ANY(${of})`;
const service = (state: string, hostId: HostId) => (db: PrismaClient) =>
  db.hostService.create({ data: { hostId, state, since: new Date(), actor: 'key:ann', reason: 'new DIMMs' } });
const both =
  (...makes: Step['make'][]) =>
  async (db: PrismaClient) => {
    for (const make of makes) await make(db);
  };
/** What has not been so any more has not been so for long enough. */
const later = (ms: number) => (db: PrismaClient) =>
  db.$executeRaw`UPDATE notification_items SET quiet_since = quiet_since - ${ms}::float8 * interval '1 millisecond'`;

const findingId = '018f3f5e-0000-7000-8000-00000000f001';
const said = { by: 'key:ann', at: '2026-11-20T00:00:00.000Z', note: 'a new lid' };
function findingView(state: FindingState, more: Partial<FindingView>): FindingView {
  return {
    ...{ findingId, state, kind: 'step', direction: 'up', probe: 'pf', metric: 'u2k', alsoIn: [] },
    ...{
      executor: 'simulator',
      provenance: 'simulated',
      ratio: 1.08,
      interval: null,
      beforeNs: 180,
      effectNs: 14.4,
      p: 1e-6,
    },
    ...{ fromDay: '2026-11-15', toDay: '2026-11-15', hosts: ['h1', 'h3'], generations: [], firstRuns: [] },
    ...{ common: [], suspects: [], suspectedAt: said.at, confirmedAt: said.at, changedAt: said.at, heldUp: null },
    ...{
      confirmation: null,
      acknowledged: null,
      expected: null,
      muted: null,
      resolved: null,
      withdrawn: null,
      ...more,
    },
  };
}
const finding =
  (state: FindingState, more: Partial<FindingView> = {}) =>
  async (db: PrismaClient) => {
    const view = findingView(state, more);
    const { hosts: own, direction } = view;
    await db.finding.deleteMany();
    const day = new Date(view.fromDay);
    const row = {
      findingId,
      streamVersion: 1,
      state,
      direction,
      hosts: own,
      generations: [],
      fromDay: day,
      toDay: day,
    };
    await db.finding.create({ data: { ...row, view } });
  };
const slower = 'pf u2k is slower by +8.0 % (+14.4 ns) on 2 hosts (h1, h3), 2026-11-15';

interface JobMade {
  outcome: string | null;
  failed?: HostId[];
  completed?: HostId[];
  endedAgoMs?: number;
  labels?: Record<string, string>;
}
const job =
  ({ outcome, failed = [], completed = [], endedAgoMs = 0, labels = {} }: JobMade) =>
  async (db: PrismaClient) => {
    const jobId = randomUUID();
    const ended = outcome === null ? null : new Date(Date.now() - endedAgoMs);
    const row = {
      jobId,
      spec: { name: 'nightly' },
      bodyHash: '',
      submittedBy: 'key:ann',
      correlationId: jobId,
      labels,
    };
    await db.job.create({
      data: {
        ...{ ...row, submittedAt: new Date(0), state: ended === null ? 'running' : 'ended', outcome, endedAt: ended },
        runsTotal: failed.length + completed.length,
      },
    });
    const run = (hostId: HostId, planIndex: number, state: string) => ({
      ...{ runId: randomUUID(), jobId, hostId, executor: 'simulator', probe: 'pf', planIndex, replicate: 0, state },
      ...{ faults: 1, ...(state === 'failed' ? { failure: { code: 'compiler-missing' } } : {}) },
    });
    const runs = [
      ...failed.map((id, n) => run(id, n, 'failed')),
      ...completed.map((id, n) => run(id, n + 50, 'completed')),
    ];
    await db.run.createMany({ data: runs });
  };

const graded =
  (runSd: number, ...of: HostId[]) =>
  async (db: PrismaClient) => {
    await db.hostNoise.deleteMany({ where: { hostId: { in: of } } });
    const row = {
      executor: 'simulator',
      probe: 'pf',
      metric: 'u2k',
      provenance: 'simulated',
      runs: 50,
      boots: 5,
      days: 5,
    };
    const sds = { withinRunSd: 0.01, runSd, runDegrees: 40, bootSd: 0, bootDegrees: 4, daySd: 0, dayDegrees: 4 };
    await db.hostNoise.createMany({ data: of.map((hostId) => ({ hostId, ...row, ...sds })) });
  };

/** Two hosts with another microcode since five days, by which their level changed. */
const updated =
  (factor: number, generation = 'Haswell-EP') =>
  async (db: PrismaClient) => {
    const [before, after] = [await bootState(db, '0x1'), await bootState(db, '0x2', generation)];
    const since = today() - 5;
    for (const hostId of ['h1', 'h2']) {
      await recordDays(db, { hostId, bootStateHash: before, from: since - 9, to: since - 1, level: () => 400 });
      await recordDays(db, {
        hostId,
        bootStateHash: after,
        from: since,
        to: today() - 1,
        level: () => 400 * factor,
        generation,
      });
    }
  };

const silent = 6 * minutes;
export const notificationCases: readonly NotificationCase[] = [
  { cause: 'regression', steps: [step('a finding towards slower is open', finding('open'), slower)] },
  ...(['suspected', 'not-confirmed', 'acknowledged', 'expected', 'muted', 'resolved', 'withdrawn'] as const).map(
    (state): NotificationCase => ({
      ...{ cause: 'regression', steps: [step(`a finding towards slower is ${state}`, finding(state))] },
    }),
  ),
  { cause: 'regression', steps: [step('a finding towards faster is open', finding('open', { direction: 'down' }))] },
  {
    cause: 'regression',
    steps: [
      step('a finding is open', finding('open'), slower),
      step('it is acknowledged', finding('acknowledged', { acknowledged: said })),
      step('it is resolved', finding('resolved', { resolved: { ...said, byItself: false } }), `Over: ${slower}`),
      step('it is reopened', finding('open'), slower),
    ],
  },
  {
    cause: 'regression',
    steps: [
      step('a finding is open', finding('open'), slower),
      step(
        'it is withdrawn',
        finding('withdrawn', { withdrawn: { at: said.at, reason: 'late runs' } }),
        `Over: ${slower}`,
      ),
    ],
  },
  {
    ...{ cause: 'regression', selector: 'rack=r7' },
    steps: [step('the route is of rack r7, and one host of a finding is there', finding('open'), slower)],
  },
  {
    ...{ cause: 'regression', selector: 'rack=r8' },
    steps: [step('the route is of rack r8, and no host of a finding is there', finding('open', { hosts: ['h1'] }))],
  },
  {
    cause: 'known-change',
    steps: [
      step(
        'two hosts have other microcode since five days, and are 5 % slower',
        updated(1.05),
        'slower since microcode 0x1 → 0x2 on 2 hosts (h1, h2)',
      ),
      step('an hour later', () => Promise.resolve()),
    ],
  },
  { cause: 'known-change', steps: [step('they are as fast as before', updated(1))] },
  { cause: 'known-change', steps: [step('they are 5 % faster', updated(1 / 1.05))] },
  { cause: 'known-change', steps: [step('they are other machines, and 5 % slower', updated(1.05, 'Skylake-SP'))] },
  {
    cause: 'host-silent',
    steps: [
      step(
        'two hosts of rack r7 have been silent for six minutes',
        heard(silent, 'h1', 'h2'),
        '2 hosts of rack r7 are silent',
      ),
      step('one is back', heard(0, 'h1')),
      step('one is back, since five minutes', later(silentForMs)),
      step('it is silent again, for six minutes', heard(silent, 'h1'), 'h1 is silent'),
      step('both are back', heard(0, 'h1', 'h2')),
      step(
        'both are back, since five minutes',
        later(silentForMs),
        'Over: h1 is silent',
        'Over: 2 hosts of rack r7 are silent',
      ),
    ],
  },
  {
    cause: 'host-silent',
    steps: [
      step('a host is silent', heard(silent, 'h1'), 'h1 is silent'),
      step('it is back', heard(0, 'h1')),
      step('it is back, since four minutes', later(4 * minutes)),
      step('it is silent again', heard(silent, 'h1')),
      step('another one of its rack is silent, too', heard(silent, 'h2'), 'h2 is silent'),
    ],
  },
  {
    cause: 'host-silent',
    steps: [
      step(
        'hosts of two racks and one of none are silent',
        heard(silent, 'h1', 'h2', 'h3', 'h4'),
        '2 hosts of rack r7 are silent',
        'h3 is silent',
        'h4 is silent',
      ),
    ],
  },
  {
    ...{ cause: 'host-silent', selector: 'rack=r8' },
    steps: [
      step('the route is of rack r8, and hosts of two racks are silent', heard(silent, 'h1', 'h3'), 'h3 is silent'),
    ],
  },
  { cause: 'host-silent', steps: [step('a host has been silent for four minutes', heard(4 * minutes, 'h1'))] },
  ...['draining', 'quarantined', 'removed'].map((state): NotificationCase => ({
    cause: 'host-silent',
    steps: [step(`a host is silent, and ${state}`, both(heard(silent, 'h1'), service(state, 'h1')))],
  })),
  {
    cause: 'host-silent',
    steps: [
      step('a host is silent', heard(silent, 'h1'), 'h1 is silent'),
      step('it is removed', service('removed', 'h1')),
      step('since five minutes', later(silentForMs), 'Over: h1 is silent'),
    ],
  },
  {
    cause: 'host-silent',
    steps: [
      step('no worker of a host was ever heard of', (db) => db.workerPresence.deleteMany({ where: { hostId: 'h1' } })),
    ],
  },
  {
    ...{ cause: 'host-silent', couldHear: false },
    steps: [
      step(
        'every host is silent, and the coordinator has begun to listen four minutes ago',
        heard(silent, 'h1', 'h2', 'h3', 'h4'),
      ),
    ],
  },
  {
    cause: 'job-failed',
    steps: [
      step(
        'a job ended, and none of its runs gave a result',
        job({ outcome: 'failed', failed: ['h1', 'h1', 'h2'] }),
        'job “nightly” failed: all 3 runs gave no result, on 2 hosts',
      ),
      step('a second later', () => Promise.resolve()),
    ],
  },
  {
    cause: 'job-failed',
    steps: [
      step(
        'a job ended, and one of its three runs gave no result',
        job({ outcome: 'partial', failed: ['h1'], completed: ['h1', 'h2'] }),
        'job “nightly” ended in part: 1 of 3 runs gave no result, on 1 host',
      ),
    ],
  },
  { cause: 'job-failed', steps: [step('every run completed', job({ outcome: 'completed', completed: ['h1'] }))] },
  { cause: 'job-failed', steps: [step('it was cancelled', job({ outcome: 'cancelled', failed: ['h1'] }))] },
  {
    cause: 'job-failed',
    steps: [step('runs failed, and others are under way', job({ outcome: null, failed: ['h1'] }))],
  },
  {
    cause: 'job-failed',
    steps: [
      step(
        'it ended before there was the route',
        job({ outcome: 'failed', failed: ['h1'], endedAgoMs: 2 * 3_600_000 }),
      ),
    ],
  },
  {
    ...{ cause: 'job-failed', selector: 'team=kernel,rack=r7' },
    steps: [
      step(
        'the route is of team kernel and rack r7: a job that is labelled so failed on a host that is',
        job({ outcome: 'failed', failed: ['h1'], labels: { team: 'kernel' } }),
        'job “nightly” failed: all 1 run gave no result, on 1 host',
      ),
      step('one of that team failed elsewhere', job({ outcome: 'failed', failed: ['h3'], labels: { team: 'kernel' } })),
    ],
  },
  {
    cause: 'noise',
    steps: [
      step(
        'two hosts of rack r7 have noise grade D',
        graded(0.05, 'h1', 'h2'),
        '2 hosts of rack r7 have noise grade D',
      ),
      step('both have grade C', graded(0.02, 'h1', 'h2')),
      step('since two days', later(2 * 86_400_000)),
      step('one has grade D again', graded(0.05, 'h1')),
      step('both have grade C', graded(0.02, 'h1')),
      step('since three days', later(3 * 86_400_000), 'Over: 2 hosts of rack r7 have noise grade D'),
    ],
  },
  { cause: 'noise', steps: [step('a host has noise grade C', graded(0.02, 'h1'))] },
  {
    cause: 'noise',
    steps: [step('a host has grade D, and was removed', both(graded(0.05, 'h1'), service('removed', 'h1')))],
  },
  {
    cause: 'noise',
    steps: [
      step(
        'a finding that runs scatter more is open',
        finding('open', { kind: 'noise', ratio: 2.3, effectNs: null }),
        'pf u2k: runs scatter 2.3 times more than before on 2 hosts (h1, h3), about 2026-11-15',
      ),
    ],
  },
  { cause: 'noise', steps: [step('a finding towards slower is open', finding('open'))] },
  { cause: 'regression', steps: [step('a finding of noise is open', finding('open', { kind: 'noise' }))] },
];

/** As it stands in docs/notifications.md: a step a line. */
export const truthTable = (): string[][] =>
  notificationCases.flatMap(({ cause, steps }) =>
    steps.map(({ fleet, tells }, n) => [
      n === 0 ? `\`${cause}\`` : '',
      n === 0 ? fleet : `… then ${fleet}`,
      tells.length === 0 ? '–' : tells.join('<br>'),
    ]),
  );
