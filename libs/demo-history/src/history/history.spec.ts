import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { eventSchemas, type RunEvent } from '#contracts';
import { createLogReader } from '#dmesg';
import { decodeSamples } from '#samples';
import { describe, expect, it } from '@jest/globals';
import { demoDefaults, type DemoOptions, type History, historyOf, storyOf } from '../index.js';
import type { Append } from './night.js';

const year: DemoOptions = { ...demoDefaults, until: '2026-11-25' };
const few: DemoOptions = { ...year, days: 3, hosts: 4, runs: 3, samples: 300 };

const nights = (history: History): number[] => Array.from({ length: history.story.options.days }, (_, night) => night);
const all = (options: DemoOptions): Append[] => {
  const history = historyOf(options);
  return nights(history).flatMap((night) => [...history.appendsOf(night)]);
};

function digest(appends: readonly Append[]): string {
  const hash = createHash('sha256');
  for (const { stream, version, events, cause } of appends) {
    hash.update(JSON.stringify([stream, version, cause]));
    for (const { event, eventId, occurredAt, payload } of events) {
      hash.update(JSON.stringify([event, eventId, occurredAt]));
      if (payload !== undefined) hash.update(payload.samples).update(payload.raw);
    }
  }
  return hash.digest('hex');
}

describe('a history', () => {
  it('is the same to the byte when it is made again, and another with another seed', () => {
    expect(digest(all(few))).toBe(digest(all(few)));
    expect(digest(all({ ...few, seed: 2 }))).not.toBe(digest(all(few)));
  });

  it('is of events that keep the contract, one append a run, in the order of time', () => {
    const appends = all(few);
    expect(appends.filter(({ stream }) => stream.startsWith('run-'))).toHaveLength(historyOf(few).runs);
    expect(new Set(appends.flatMap(({ events }) => events.map(({ eventId }) => eventId))).size).toBe(
      appends.reduce((sum, { events }) => sum + events.length, 0),
    );
    for (const { events } of appends) {
      for (const { event } of events) expect(eventSchemas[event.type].safeParse(event.data).error).toBeUndefined();
      const times = events.map(({ occurredAt }) => occurredAt?.getTime() ?? 0);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }
  });

  it('says simulated and demo of every host and run', () => {
    for (const { events } of all(few)) {
      for (const { event } of events) {
        if (event.type === 'RunStarted')
          expect(event.data).toMatchObject({
            provenance: 'simulated',
            labels: { demo: 'simulated', provenance: 'simulated' },
          });
        if (event.type === 'HostRegistered')
          expect(event.data).toMatchObject({
            labels: { demo: 'simulated' },
            bootState: { extra: { demo: 'simulated' } },
          });
        if (event.type === 'JobSubmitted') expect(event.data.spec.name).toMatch(/^demo: night of 2026-/);
      }
    }
  });

  it('stores of each run the log that its samples were read from', () => {
    let read = 0;
    for (const { events } of all(few)) {
      for (const { event, payload } of events) {
        if (event.type !== 'CrossingSamplesRecorded' || payload === undefined) continue;
        const started = events.map((one) => one.event).find(({ type }) => type === 'RunStarted');
        const nonce = started?.type === 'RunStarted' ? started.data.nonce : '';
        const reader = createLogReader({ nonce, probe: 'pf' });
        const items = [...reader.push(inflateSync(payload.raw)), ...reader.end()];
        const u2k = items.flatMap((item) => (item.kind === 'samples' ? [...(item.columns.u2k ?? [])] : []));
        expect([...(decodeSamples(payload.samples).columns.u2k ?? [])]).toEqual(u2k);
        read += 1;
      }
    }
    expect(read).toBeGreaterThan(30);
  });

  it('can be told from any night on', () => {
    const [one, other] = [historyOf(few), historyOf(few)];
    const before = nights(one).map((night) => digest([...one.appendsOf(night)]));
    expect(digest([...other.appendsOf(2)])).toBe(before[2]);
  });
});

/** The events of the first run of a sort in a year. */
function runWith(history: History, kind: string): RunEvent[] {
  for (const night of nights(history)) {
    const run = history.night(night)?.runs.find(({ fate }) => fate.kind === kind);
    if (run === undefined) continue;
    const append = [...history.appendsOf(night)].find(({ stream }) => stream === `run-${run.runId}`);
    return (append?.events ?? []).map(({ event }) => event as RunEvent);
  }
  throw new Error(`no run is ${kind}`);
}

describe('what happens to runs', () => {
  const history = historyOf({ ...year, hosts: 5, runs: 2 });
  const dataOf = (events: readonly RunEvent[], type: RunEvent['type']) =>
    events.filter((event) => event.type === type).map(({ data }) => data);

  it.each([
    ['lost-records', 'record-gap'],
    ['cut-line', 'damaged-line'],
  ])('of %s is a loss that the parser tells, by its reason, and the account holds', (kind, reason) => {
    const events = runWith(history, kind);
    expect(dataOf(events, 'KernelLogGapObserved')).toContainEqual(expect.objectContaining({ reason }));
    const [account] = dataOf(events, 'RunCompleted') as {
      samples: number;
      lost: number;
      rejected: number;
      faults: number;
    }[];
    expect(account?.lost).toBeGreaterThan(0);
    expect((account?.samples ?? 0) + (account?.lost ?? 0) + (account?.rejected ?? 0)).toBe(account?.faults);
  });

  it('of failed has a reason and a remedy, of lapsed goes on with another attempt or ends with the third', () => {
    expect(dataOf(runWith(history, 'failed'), 'RunFailed')).toEqual([
      expect.objectContaining({
        failure: { code: expect.any(String), message: expect.any(String), remedy: expect.any(String) },
      }),
    ]);
    const lapsed = runWith(history, 'lapsed');
    expect(dataOf(lapsed, 'RunAbandoned').length).toBeGreaterThan(0);
    expect(['RunCompleted', 'RunAbandoned']).toContain(lapsed.at(-1)?.type);
  });
});

describe('what was planted', () => {
  const history = historyOf(year);
  const { items } = history.story;
  /** Mean log level over nights `[from, to)` of a host, without what its own boot and drift add. */
  const level = (hostId: string, night: number): number => {
    const course = history.courses.find(
      ({ tenure }) => tenure.hostId === hostId && tenure.from <= night && night < tenure.to,
    );
    if (course === undefined) throw new Error(`${hostId} is not there on night ${night}`);
    return Math.log(course.conditionsAt(night).level / course.bootAt(night).factor);
  };
  const around = (hostId: string, night: number): number => {
    // Whole weeks, so that weekdays weigh the same on both sides.
    const mean = (from: number): number =>
      Array.from({ length: 7 }, (_, day) => level(hostId, from + day)).reduce((a, b) => a + b) / 7;
    return mean(night) - mean(night - 7);
  };

  it.each(
    items
      .filter(({ change, kind }) => change !== null && kind !== 'regression-creep')
      .map((item) => [item.kind, item.date, item] as const),
  )('%s of %s moves its hosts by what it says', (_kind, _date, { change, hosts }) => {
    const moved = hosts.map(({ hostId, night }) => around(hostId, night));
    const mean = moved.reduce((sum, one) => sum + one, 0) / moved.length;
    // The weekly mean of the drift (SD 0.5 %, 0.7 a day) varies by about 0.35 %, a difference of two by at most 0.5 %.
    expect(Math.abs(mean - Math.log1p(change ?? 0))).toBeLessThan(0.015 / Math.sqrt(moved.length));
  });

  it('is seen in the boot state where it is known, and nowhere else', () => {
    const hashes = (hostId: string, night: number) =>
      history.courses
        .find((c) => c.tenure.hostId === hostId && c.tenure.from <= night && night < c.tenure.to)
        ?.bootAt(night).bootStateHash;
    for (const { kind, known, boot, hosts, machine } of items) {
      if (kind === 'generation-joins' || kind === 'generation-leaves') continue;
      for (const { hostId, night } of hosts) {
        const changed = hashes(hostId, night) !== hashes(hostId, night - 1);
        expect({ kind, hostId, changed }).toEqual({
          kind,
          hostId,
          changed: known && (boot !== null || machine !== null),
        });
      }
    }
  });

  it('lets nothing run in the outage, and a dying host grow restless', () => {
    const outage = items.find(({ kind }) => kind === 'outage');
    for (let night = (outage?.night ?? 0) - 2; night < (outage?.lastNight ?? 0) + 3; night += 1) {
      const out = night >= (outage?.night ?? 0) && night <= (outage?.lastNight ?? 0);
      expect({ night, runs: history.night(night)?.runs.length ?? 0 }).toEqual({ night, runs: out ? 0 : 100 });
    }
    const dying = items.find(({ kind }) => kind === 'dying-host');
    const course = history.courses.find(({ tenure }) => tenure.hostId === dying?.hosts[0]?.hostId);
    expect(course?.conditionsAt(364).unrest).toBeGreaterThan(0.9 * (dying?.unrest ?? 0));
  });

  it('is what demo/story.json tells (npm run demo:story writes it)', () => {
    const committed = readFileSync(new URL('../../../../demo/story.json', import.meta.url), 'utf8');
    expect(JSON.parse(committed)).toEqual(JSON.parse(JSON.stringify(storyOf(history))));
  });

  it('is listed in story.json with every loss and failure', () => {
    const key = storyOf(historyOf({ ...year, hosts: 4, runs: 2 })) as {
      mishaps: { losses: object[]; failures: object[]; tally: { failures: object } };
    };
    expect(key.mishaps.losses.length).toBeGreaterThan(5);
    expect(Object.keys(key.mishaps.tally.failures).sort()).toEqual(['executor-broken', 'lease-expired', 'timeout']);
  });
});
