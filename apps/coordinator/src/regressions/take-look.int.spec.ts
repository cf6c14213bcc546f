import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { findingsQuerySchema, type FindingView, jobStream } from '#contracts';
import { append, createPrisma, type PrismaClient, readStream } from '#event-store';
import { simulatedHost } from '../../../../test/fleet/hosts.js';
import { catchUp } from '../../../../test/fleet/read-model.js';
import {
  bootState,
  dateOf,
  finishJob,
  heardOf,
  recordDays,
  type RecordedDays,
  today,
} from '../../../../test/fleet/recorded-days.js';
import { causeOf, registerHost } from '../../../../test/fleet/story.js';
import { freshDatabase, type FreshDatabase } from '../../../../test/postgres/fresh-database.js';
import { actOnFinding } from './act-on-finding.js';
import { findFinding, listFindings } from './finding-queries.js';
import { askForLook, claimLook, endLook, lookIsDue, renewLook } from './looks.js';
import { settleFindings } from './settle-confirmations.js';
import { type LookOptions, takeLook } from './take-look.js';

jest.setTimeout(120_000);

const day = today();
const moved = ['m1', 'm2', 'm3'];
const still = ['s1', 's2', 's3', 's4', 's5'];
let database: FreshDatabase;
let db: PrismaClient;
let boot: string;

beforeEach(async () => {
  database = await freshDatabase();
  db = createPrisma(database.coordinatorUrl);
  await catchUp(db, database.coordinatorUrl);
  boot = await bootState(db, '0x49');
});
const end = async (): Promise<void> => {
  await db.$disconnect();
  await database.drop();
};

const record = (hostId: string, more: Partial<RecordedDays> & Pick<RecordedDays, 'level'>): Promise<void> =>
  recordDays(db, { hostId, bootStateHash: boot, from: day - 40, to: day, ...more });

/** Hosts of which three became slower by 8 % ten days ago. */
async function stepped(at = day - 10): Promise<void> {
  for (const host of moved) await record(host, { level: (now) => (now >= at ? 3_240 : 3_000) });
  for (const host of still) await record(host, { level: () => 3_000 });
}

async function look(more: Partial<LookOptions> = {}) {
  const now = Date.now();
  const options = { sinceMs: now, nowMs: now, everyMs: null, leaseMs: 30_000, correlationId: randomUUID() };
  const tally = await takeLook({ db, ...options, ...more });
  await catchUp(db, database.coordinatorUrl);
  return tally;
}

async function settle(): Promise<void> {
  const failed = (error: unknown): never => {
    throw error;
  };
  await settleFindings({ db, correlationId: randomUUID() }, failed);
  await catchUp(db, database.coordinatorUrl);
}

const findings = async (state = 'all'): Promise<FindingView[]> =>
  (await listFindings(db, findingsQuerySchema.parse({ state }))).items;

async function onlyFinding(): Promise<FindingView> {
  const all = await findings();
  expect(all).toHaveLength(1);
  return all[0] as FindingView;
}

/** Types of all events of findings, in the order of the store. */
async function told(): Promise<string[]> {
  const rows = await db.$queryRaw<{ type: string }[]>`
    SELECT type FROM events WHERE stream LIKE 'finding-%' ORDER BY xid, position`;
  return rows.map(({ type }) => type);
}

describe('a look', () => {
  afterEach(end);

  it('tells of hosts that moved together once, dated, with its effect, and not again the next time', async () => {
    await stepped();
    expect(await look()).toMatchObject({ series: 8, tooShort: 0, found: 1, newFindings: 1 });
    const finding = await onlyFinding();
    expect(finding).toMatchObject({
      ...{ state: 'suspected', kind: 'step', direction: 'up', hosts: moved, generations: ['Haswell-EP'] },
      ...{ fromDay: dateOf(day - 10), toDay: dateOf(day - 10), ratio: expect.closeTo(1.08, 2), suspects: [] },
      ...{ effectNs: expect.closeTo(104.3, -1), confirmedAt: null, confirmation: null },
    });
    expect(finding.interval?.low).toBeGreaterThan(1.06);
    expect(finding.firstRuns.map(({ hostId }) => hostId)).toEqual(moved);
    expect(await look()).toMatchObject({ found: 1, newFindings: 0 });
    expect(await told()).toEqual(['RegressionSuspected', 'ConfirmationHeldUp']);
  });

  it('says of hosts without a worker that it waits for them, and tells nobody', async () => {
    await stepped();
    await look();
    expect(await onlyFinding()).toMatchObject({
      heldUp: 'waits for hosts: no worker of them is heard of, or they are out of service',
    });
    await heardOf(db, [...moved, 's1', 's2']);
    await look();
    expect(await onlyFinding()).toMatchObject({
      heldUp: 'waits for hosts: 3 that did not move must be measured beside it, and there are 2',
    });
    expect((await listFindings(db, findingsQuerySchema.parse({}))).items).toEqual([]);
  });

  it('waits for hosts out of service, and takes none as a control', async () => {
    await stepped();
    await heardOf(db, [...moved, ...still]);
    const [control = '', ...others] = still;
    const say = (hostIds: readonly string[]) => db.$executeRaw`
      INSERT INTO host_service (host_id, state, since, actor, reason)
      SELECT host, 'quarantined', now(), 'key:ann', 'fan' FROM unnest(${[...hostIds]}::text[]) AS host`;
    try {
      await say(moved);
      await look();
      expect(await onlyFinding()).toMatchObject({ heldUp: expect.stringContaining('they are out of service') });
      await db.$executeRaw`DELETE FROM host_service`;
      await say([control, ...others.slice(2)]);
      await look();
      expect(await onlyFinding()).toMatchObject({ heldUp: expect.stringContaining('there are 2') });
    } finally {
      await db.$executeRaw`DELETE FROM host_service`;
    }
  });

  it('takes hosts in that join it, and lets a finding be found by them', async () => {
    await stepped();
    await look();
    await record('m4', { level: (now) => (now >= day - 9 ? 3_240 : 3_000) });
    expect(await look()).toMatchObject({ newFindings: 0 });
    const finding = await onlyFinding();
    expect(finding.hosts).toEqual([...moved, 'm4']);
    expect(await told()).toEqual(['RegressionSuspected', 'ConfirmationHeldUp', 'RegressionRevised']);
    const of = async (host: string): Promise<number> =>
      (await listFindings(db, findingsQuerySchema.parse({ state: 'all', host }))).items.length;
    expect([await of('m4'), await of('s1')]).toEqual([1, 0]);
  });

  it('that ends anywhere is completed by the next: nothing is lost, nothing told twice', async () => {
    await stepped();
    await heardOf(db, [...moved, ...still]);
    const crash = new Error('crash');
    for (let allowed = 0; ; allowed += 1) {
      let appended = 0;
      const dying: typeof append = async (...args) => {
        if (appended === allowed) throw crash;
        appended += 1;
        return append(...args);
      };
      try {
        await look({ append: dying });
        break;
      } catch (error) {
        expect(error).toBe(crash);
        await catchUp(db, database.coordinatorUrl);
      }
    }
    expect(await told()).toEqual(['RegressionSuspected', 'ConfirmationAsked']);
    // Two coordinators at once, too.
    await Promise.all([look(), look()]);
    expect(await told()).toEqual(['RegressionSuspected', 'ConfirmationAsked']);
  });

  it('withdraws what late runs undo, with the reason, and takes it up again where it comes back', async () => {
    await stepped();
    await look();
    const before = await db.dailySeries.findMany({ where: { hostId: { in: moved }, levelCycles: { gt: 3_150 } } });
    await db.$executeRaw`
      UPDATE daily_series SET level_cycles = level_cycles / 1.08, level_ns = level_ns / 1.08, runs = runs + 1
       WHERE host_id = ANY(${moved}::text[]) AND level_cycles > 3150`;
    await look();
    expect(await onlyFinding()).toMatchObject({
      state: 'withdrawn',
      withdrawn: { reason: 'runs of its days arrived late or were derived again, and it is not found any more' },
    });
    const { findingId } = await onlyFinding();
    await expect(actOnFinding(db, findingId, { type: 'acknowledge', note: null }, causeOf('key:test'))).rejects.toThrow(
      'was withdrawn',
    );
    await db.dailySeries.deleteMany({ where: { hostId: { in: moved }, day: { gte: before[0]?.day ?? new Date() } } });
    await db.dailySeries.createMany({ data: before });
    await look();
    expect(await onlyFinding()).toMatchObject({ findingId, state: 'suspected', withdrawn: null });
  });

  it('tells of a second step of the same hosts ten days after the first as a finding of its own', async () => {
    const level = (now: number): number => (now >= day - 10 ? 3_500 : now >= day - 20 ? 3_240 : 3_000);
    for (const host of moved) await record(host, { to: day - 14, level });
    for (const host of still) await record(host, { level: () => 3_000 });
    await look({ nowMs: (day - 14) * 86_400_000 + 80_000_000 });
    for (const host of moved) await record(host, { from: day - 13, level });
    expect(await look()).toMatchObject({ found: 2, newFindings: 1 });
    expect((await findings()).map(({ fromDay, toDay, levelSince }) => [fromDay, toDay, levelSince])).toEqual([
      [dateOf(day - 10), dateOf(day - 10), dateOf(day - 20)],
      [dateOf(day - 20), dateOf(day - 20), dateOf(day - 40)],
    ]);
    const [second] = await findings();
    expect(second?.ratio).toBeCloseTo(3_500 / 3_240, 2);
    expect(second?.beforeNs).toBeCloseTo(3_240 / 2.3, -1);
    expect(await look()).toMatchObject({ found: 2, newFindings: 0 });
    expect((await told()).filter((type) => type === 'RegressionRevised')).toEqual([]);
  });

  it('withdraws what has gone away before it was confirmed, and does not tell of its end as another change', async () => {
    const until = day - 8;
    for (const host of moved) await record(host, { to: until, level: (now) => (now >= day - 20 ? 3_240 : 3_000) });
    for (const host of still) await record(host, { level: () => 3_000 });
    await look({ nowMs: until * 86_400_000 + 80_000_000 });
    expect(await onlyFinding()).toMatchObject({ state: 'suspected', direction: 'up' });
    for (const host of moved) await record(host, { from: until + 1, level: () => 3_000 });
    await look();
    const { state, withdrawn } = await onlyFinding();
    expect(state).toBe('withdrawn');
    expect(withdrawn?.reason).toMatch(
      /^it went away before fresh runs confirmed it: the last days of 3 hosts are back where they were before it/,
    );
    await look();
    expect(await told()).toEqual(['RegressionSuspected', 'ConfirmationHeldUp', 'RegressionWithdrawn']);
  });

  it('tells of a machine whose runs scatter more at once, and of its level no more', async () => {
    await record('m1', {
      from: day - 120,
      level: () => 3_000,
      scatter: (now) => (now >= day - 40 ? 0.08 : 0.01),
    });
    for (const host of still) await record(host, { level: () => 3_000 });
    await look();
    expect(await onlyFinding()).toMatchObject({ state: 'open', kind: 'noise', hosts: ['m1'], confirmation: null });
    await look();
    expect(await told()).toEqual(['RegressionSuspected', 'RegressionDetected']);
  });

  it('ends noise that has gone by itself, and does not tell of its end as another change', async () => {
    await record('m1', {
      from: day - 160,
      level: () => 3_000,
      scatter: (now) => (now >= day - 110 && now < day - 50 ? 0.08 : 0.01),
    });
    for (const host of still) await record(host, { level: () => 3_000 });
    await look();
    expect(await onlyFinding()).toMatchObject({
      ...{ state: 'resolved', kind: 'noise', direction: 'up', hosts: ['m1'] },
      resolved: {
        byItself: true,
        note: expect.stringMatching(/^runs scatter [\d.]+ times less than before, about 20/),
      },
    });
    await look();
    expect(await told()).toEqual(['RegressionSuspected', 'RegressionDetected', 'RegressionResolved']);
  });

  it('tells of the level of a machine that took a restless one’s place', async () => {
    const scatter = (now: number): number => (now >= day - 90 && now < day - 50 ? 0.08 : 0.01);
    await record('m1', { from: day - 150, to: day - 51, level: () => 3_000, scatter });
    const other = await bootState(db, '0x49', 'Ice Lake-SP');
    const level = (now: number): number => (now >= day - 10 ? 2_160 : 2_000);
    await record('m1', { from: day - 50, bootStateHash: other, generation: 'Ice Lake-SP', level });
    for (const host of still) await record(host, { level: () => 3_000 });
    await look();
    expect((await findings()).map(({ kind, fromDay }) => [kind, fromDay === dateOf(day - 10)])).toEqual([
      ['step', true],
      ['noise', false],
    ]);
  });

  it('tells of hosts that became slower, though they had become as much faster months before', async () => {
    const level = (now: number): number => (now >= day - 150 && now < day - 10 ? 2_760 : 3_000);
    for (const host of moved) await record(host, { from: day - 200, level });
    for (const host of still) await record(host, { from: day - 200, level: () => 3_000 });
    await look({ sinceMs: Date.now() - 365 * 86_400_000 });
    expect((await findings()).map(({ direction, state, fromDay }) => [direction, state, fromDay])).toEqual([
      ['up', 'suspected', dateOf(day - 10)],
      ['down', 'withdrawn', dateOf(day - 150)],
    ]);
  });

  it('takes neither days of clocks that are ahead nor cycles beside ns for the end of a change', async () => {
    for (const host of moved) await record(host, { level: (now) => (now >= day - 20 ? 2_760 : 3_000) });
    for (const host of still) await record(host, { level: () => 3_000 });
    await db.$executeRaw`
      UPDATE daily_series SET level_ns = NULL, p50_ns = NULL, q1_ns = NULL, q3_ns = NULL
       WHERE host_id = ANY(${moved}::text[]) AND day >= ${dateOf(day - 7)}::timestamptz`;
    for (const host of moved) await record(host, { from: day + 300, to: day + 340, level: () => 3_000 });
    await look();
    expect(await onlyFinding()).toMatchObject({ state: 'suspected', direction: 'down', fromDay: dateOf(day - 20) });
  });

  it('is not misled by two points, gaps, renamed hosts, new boot states or a thousand of them', async () => {
    for (const host of still) await record(host, { level: () => 3_000 });
    await record('two', { from: day - 1, level: (now) => (now === day ? 4_000 : 3_000) });
    // Renamed: the one ends, the other begins, at another level.
    await record('old-name', { to: day - 11, level: () => 3_000 });
    await record('new-name', { from: day - 10, level: () => 3_300 });
    const other = await bootState(db, '0x50');
    await record('updated', { to: day - 11, level: () => 3_000 });
    await record('updated', { from: day - 10, bootStateHash: other, level: () => 3_300 });
    for (let i = 0; i < 40; i += 1)
      await record('rebooting', {
        ...{ from: day - 40 + i, to: day - 40 + i, level: (now) => 3_000 + (now % 7) * 200 },
        bootStateHash: await bootState(db, `0x1${i}`),
      });
    expect(await look()).toMatchObject({ found: 0, newFindings: 0, tooShort: 2 });
    expect(await told()).toEqual([]);
  });

  it('dates a step across months without runs to an interval', async () => {
    for (const host of moved)
      await record(host, {
        ...{ from: day - 95, level: (now) => (now >= day - 10 ? 3_240 : 3_000) },
        without: (now) => now >= day - 70 && now < day - 10,
      });
    for (const host of still) await record(host, { from: day - 95, level: () => 3_000 });
    await look();
    expect(await onlyFinding()).toMatchObject({ kind: 'step', fromDay: dateOf(day - 70), toDay: dateOf(day - 10) });
  });
});

describe('the next look', () => {
  afterEach(end);

  it('is due once there are days, a first time back over the year, then every so often; one coordinator has it', async () => {
    const [everyMs, [one, other]] = [86_400_000, [randomUUID(), randomUUID()]];
    expect(await lookIsDue(db, everyMs)).toBeNull();
    await stepped();
    expect(await lookIsDue(db, everyMs)).toBe('first');
    await askForLook(db, 'xperf-fleet', 0);
    await askForLook(db, 'key:ann', 0);
    expect(await lookIsDue(db, everyMs)).toBeNull();
    const taken = await claimLook(db, one);
    expect(taken).toMatchObject({ by: 'xperf-fleet' });
    expect(await claimLook(db, other)).toBeNull();
    // Its holder is not heard of any more.
    await db.$executeRaw`UPDATE regression_looks SET held_until = clock_timestamp() - interval '1 second'`;
    const lookId = taken?.lookId ?? '';
    expect(await claimLook(db, other)).toMatchObject({ lookId });
    await expect(renewLook(db, lookId, one)).rejects.toThrow('another coordinator');
    await endLook(db, lookId, other, { series: 8, tooShort: 0, found: 1, newFindings: 1 });
    expect([await lookIsDue(db, everyMs), await claimLook(db, one)]).toEqual([null, null]);
    await db.$executeRaw`UPDATE regression_looks SET asked_at = asked_at - interval '25 hours'`;
    expect(await lookIsDue(db, everyMs)).toBe('due');
  });
});

describe('a confirmation', () => {
  beforeEach(async () => {
    for (const host of [...moved, ...still]) await registerHost(db, simulatedHost(host));
    await stepped();
    await heardOf(db, [...moved, ...still]);
    await look();
  });
  afterEach(end);

  async function jobOf(): Promise<string> {
    const { confirmation } = await onlyFinding();
    expect(confirmation).toMatchObject({ try: 1, hosts: moved, controlHosts: still, figures: null });
    await settle();
    return confirmation?.jobId ?? '';
  }

  it('is a job of the fleet itself: the hosts that moved, control hosts, interleaved; made once', async () => {
    const jobId = await jobOf();
    await settle();
    const events = await readStream(db, jobStream(jobId));
    expect(events).toHaveLength(1);
    expect(events[0]?.meta.actor).toBe('xperf-fleet');
    expect(events[0]?.data).toMatchObject({
      spec: { hosts: moved, control: 'host in (s1,s2,s3,s4,s5)', order: 'interleaved', runsPerHost: 10, faults: 1_000 },
    });
  });

  it('by fresh runs that bear it out opens the finding, and the comparison can be asked again', async () => {
    const jobId = await jobOf();
    await finishJob(db, jobId, boot, (host) => (moved.includes(host) ? 3_240 : 3_000));
    await settle();
    const finding = await onlyFinding();
    expect(finding).toMatchObject({
      state: 'open',
      confirmation: { figures: { verdict: 'slower', hosts: 3, controlHosts: 5, ratio: expect.closeTo(1.08, 2) } },
    });
    const { history, commands } = await findFinding(db, finding.findingId);
    expect(history.map(({ event }) => event)).toEqual([
      'RegressionSuspected',
      'ConfirmationAsked',
      'RegressionDetected',
    ]);
    expect(commands.compare).toMatch(new RegExp(`^xf compare 'host in .*job=${jobId}.*--control 'host in \\(s1,`));
    await look();
    expect(await findings('open')).toHaveLength(1);
  });

  it('of a host that had two boot states is asked again with what it pools', async () => {
    const jobId = await jobOf();
    const other = await bootState(db, '0x4a');
    await db.$executeRaw`
      UPDATE runs SET boot_state_hash = ${other} WHERE host_id = 'm3' AND ended_at < now() - interval '18 days'`;
    await finishJob(db, jobId, boot, (host) => (moved.includes(host) ? 3_240 : 3_000));
    await settle();
    const { commands, confirmation } = await findFinding(db, (await onlyFinding()).findingId);
    expect(confirmation?.figures).toMatchObject({ verdict: 'slower', hosts: 3 });
    expect(commands.compare).toContain('--pool microcode');
  });

  it('by fresh runs that do not leaves it unconfirmed with the figures, and tries again a week later', async () => {
    await finishJob(db, await jobOf(), boot, () => 3_000);
    await settle();
    expect(await onlyFinding()).toMatchObject({
      ...{ state: 'not-confirmed', confirmation: { figures: { verdict: 'equal', runs: 30 } } },
    });
    await look();
    expect((await onlyFinding()).confirmation).toMatchObject({ try: 1 });
    await heardOf(db, [...moved, ...still]);
    await look({ nowMs: Date.now() + 7.5 * 86_400_000, leaseMs: 30 * 86_400_000 });
    expect((await onlyFinding()).confirmation).toMatchObject({ try: 2, figures: null });
  });

  it('takes out what happened to the control hosts too', async () => {
    await finishJob(db, await jobOf(), boot, (host) => (moved.includes(host) ? 3_240 : 3_240));
    await settle();
    expect(await onlyFinding()).toMatchObject({
      state: 'not-confirmed',
      confirmation: { figures: { verdict: 'equal' } },
    });
  });

  it('under another boot state is none', async () => {
    await finishJob(db, await jobOf(), await bootState(db, '0x50'), (host) => (moved.includes(host) ? 3_240 : 3_000));
    await settle();
    const { state, confirmation } = await onlyFinding();
    expect({ state, verdict: confirmation?.figures?.verdict }).toEqual({
      state: 'not-confirmed',
      verdict: 'inconclusive',
    });
    expect(confirmation?.figures?.reason).toContain('microcode');
  });

  it('whose own runs are derived again is judged anew, and withdrawn', async () => {
    const jobId = await jobOf();
    await finishJob(db, jobId, boot, (host) => (moved.includes(host) ? 3_240 : 3_000));
    await settle();
    await db.$executeRaw`UPDATE run_results SET p50_cycles = 3000 WHERE job_id = ${jobId}::uuid`;
    await look();
    const { state, withdrawn } = await onlyFinding();
    expect(state).toBe('withdrawn');
    expect(withdrawn?.reason).toContain('its fresh runs do not bear it out any more');
  });

  it('is spoken of by people, who take it back', async () => {
    await finishJob(db, await jobOf(), boot, (host) => (moved.includes(host) ? 3_240 : 3_000));
    await settle();
    const { findingId } = await onlyFinding();
    const act = (command: Parameters<typeof actOnFinding>[2]) =>
      actOnFinding(db, findingId, command, causeOf('key:ann'));
    expect(await act({ type: 'acknowledge', note: 'on it' })).toMatchObject({
      ...{ state: 'acknowledged', acknowledged: { by: 'key:ann', note: 'on it' } },
    });
    expect((await act({ type: 'mute', until: new Date(Date.now() + 50).toISOString(), note: 'x' })).state).toBe(
      'muted',
    );
    await catchUp(db, database.coordinatorUrl);
    await new Promise((resolve) => setTimeout(resolve, 60));
    await settle();
    expect((await onlyFinding()).state).toBe('acknowledged');
    expect((await act({ type: 'expect', note: 'so be it' })).state).toBe('expected');
    expect((await act({ type: 'reopen', note: 'no' })).state).toBe('open');
    expect((await act({ type: 'resolve', byItself: false, note: 'fixed' })).state).toBe('resolved');
    await catchUp(db, database.coordinatorUrl);
    await look();
    expect((await onlyFinding()).state).toBe('resolved');
  });
});
