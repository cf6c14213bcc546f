import { deflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import type { EventData, RunEvent } from '#contracts';
import { encodeSamples } from '#samples';
import { truthOf } from '../truth.js';
import { attemptsSpared } from './attempts-spared.js';
import { batchesKept } from './batches-kept.js';
import { jobsEnded } from './jobs-ended.js';
import { oneAtATime } from './one-at-a-time.js';
import type { BatchBytes, StoredEvent } from './rows.js';
import { differences } from './rebuilt.js';
import { runStory, type RunStory } from './run-story.js';
import { samplesTrue } from './samples-true.js';
import { unpack } from './unpack.js';

const jobId = '11111111-1111-4111-8111-111111111111';
const runId = '22222222-2222-4222-8222-222222222222';
const nonce = 'a1b2c3d4';
const faults = 300;
let position = 0n;

/** Events as a stream would hold them; only what the oracle looks at is there. */
function stream(name: string, ...events: { type: string; data: object }[]): StoredEvent[] {
  return events.map(({ type, data }, index) => {
    const row = { eventId: `${name}-${index}`, stream: name, version: index + 1, position: (position += 1n) };
    return { ...row, type, data } as unknown as StoredEvent;
  });
}
const event = (type: RunEvent['type'], attempt: number, data: object = {}) => ({
  type,
  data: { runId, attempt, ...data },
});

const request = { hostId: 'h1', faults, warmup: 5, seed: 8 }; // a seed without damage
const truth = truthOf({ ...request, runId, attempt: 1 } as EventData<'RunQueued'>, 'haswell-ep', nonce);
const real = truth.samples.flatMap((sample, seq) => (sample === null ? [] : [{ seq, ...sample }]));

const packed = (samples: typeof real) =>
  encodeSamples({
    cpu: 3,
    seq: Int32Array.from(samples, ({ seq }) => seq),
    columns: { u2k: Int32Array.from(samples, ({ u2k }) => u2k), k2u: Int32Array.from(samples, ({ k2u }) => k2u) },
    interrupted: Uint8Array.from(samples, ({ interrupted }) => Number(interrupted)),
  });
const bytesOf = (samples: typeof real, log = truth.log): BatchBytes[] => [
  { batch: 0, samples: Buffer.from(packed(samples)), raw: deflateSync(log) },
];

const queued = event('RunQueued', 1, request);
const started = event('RunStarted', 1, { nonce, workerId: 'w1' });
const recorded = event('CrossingSamplesRecorded', 1, { batch: 0, rawFrom: 0, rawTo: truth.log.length });
const counts = { faults, samples: real.length, lost: 0, rejected: truth.rejected, rawBytes: truth.log.length };
const completed = event('RunCompleted', 1, counts);
const whole = () => runStory(runId, stream(`run-${runId}`, queued, started, recorded, completed));
const says = (findings: { says: string }[]): string => findings.map((finding) => finding.says).join('\n');

describe('unpack', () => {
  it('reads what libs/samples packs, negative values and flags as well', () => {
    const samples = [
      { seq: 7, u2k: 300, k2u: -1, interrupted: true },
      { seq: 8, u2k: 2_000_000_000, k2u: 5, interrupted: false },
      { seq: 2, u2k: 0, k2u: 90, interrupted: true },
    ];
    expect(unpack(packed(samples))).toEqual(samples);
    expect(() => unpack(packed(samples).subarray(0, 20))).toThrow();
  });
});

describe('a run’s stream', () => {
  it('may end well, at its first attempt or at a later one', () => {
    expect(whole()).toMatchObject({ findings: [], end: 'completed' });
    const second = [event('RunQueued', 2, request), event('RunStarted', 2, { nonce, workerId: 'w1' })];
    const lapsed = event('RunAbandoned', 1, { reason: 'lease-expired', final: false });
    const story = runStory(
      runId,
      stream(`run-${runId}`, queued, started, recorded, lapsed, ...second, event('RunCompleted', 2, counts)),
    );
    expect(story).toMatchObject({ findings: [], end: 'completed' });
  });

  it.each([
    [
      'a late write of an attempt that was given up',
      [
        queued,
        started,
        event('RunAbandoned', 1, { final: false, reason: 'lease-expired' }),
        event('RunQueued', 2, request),
        recorded,
      ],
      'while the run is queued',
    ],
    ['an event twice', [queued, started, recorded, recorded], 'batch 0 comes where 1 is due'],
    ['two starts', [queued, started, started], 'while the run is started'],
    ['something after the end', [queued, started, completed, completed], 'while the run is ended'],
    ['another attempt’s event', [queued, event('RunStarted', 2, { nonce, workerId: 'w1' })], 'is of attempt 2'],
  ])('shows %s', (_, events, text) => {
    expect(says(runStory(runId, stream(`run-${runId}`, ...events)).findings)).toContain(text);
  });

  it('shows a version that is missing', () => {
    const [first, , third] = stream(`run-${runId}`, queued, started, recorded) as [
      StoredEvent,
      StoredEvent,
      StoredEvent,
    ];
    expect(says(runStory(runId, [first, third]).findings)).toContain('version 3 follows 1');
  });
});

describe('a completed run', () => {
  it('is found right when every number came once, with its value', () => {
    expect(samplesTrue(whole(), bytesOf(real), truth)).toEqual([]);
  });

  const [one] = real as [(typeof real)[number]];
  it.each([
    ['a sample too few', real.slice(1), `${real.length - 1} are stored`],
    ['a sample twice', [...real.slice(2), one, one], '1 samples counted twice'],
    ['a wrong value', [{ ...one, u2k: one.u2k + 1 }, ...real.slice(1)], '1 samples with wrong values (first: 0)'],
    ['a number out of range', [{ ...one, seq: faults }, ...real.slice(1)], 'beyond the last fault'],
  ])('shows %s', (_, samples, text) => {
    expect(says(samplesTrue(whole(), bytesOf(samples), truth))).toContain(text);
  });

  it('shows bytes that were not printed, and counts that do not add up', () => {
    const other = Buffer.concat([truth.log.subarray(1), Buffer.from('x')]);
    expect(says(samplesTrue(whole(), bytesOf(real, other), truth))).toContain('are not the');
    const wrong = event('RunCompleted', 1, { ...counts, lost: 1 });
    const story = runStory(runId, stream(`run-${runId}`, queued, started, recorded, wrong));
    expect(says(samplesTrue(story, bytesOf(real), truth))).toContain(`are not ${faults} faults`);
  });
});

describe('a job', () => {
  const submitted = { type: 'JobSubmitted', data: { jobId, plan: [{ runId }] } };
  const ended = { type: 'JobCompleted', data: { jobId, runs: { completed: 1, failed: 0, abandoned: 0 } } };
  const jobs = (...events: { type: string; data: object }[]) => new Map([[jobId, stream(`job-${jobId}`, ...events)]]);
  const runs = (story: RunStory = whole()) => new Map([[runId, story]]);

  it('is found right when it ended as its runs did', () => {
    expect(jobsEnded([jobId], jobs(submitted, ended), runs())).toEqual([]);
  });

  it('shows when it was lost, goes on for ever, or says other than its runs', () => {
    const open = runStory(runId, stream(`run-${runId}`, queued));
    expect(says(jobsEnded([jobId], new Map(), new Map()))).toContain('is not there');
    expect(says(jobsEnded([jobId], jobs(submitted), runs(open)))).toContain('of its runs are open: 1 queued');
    expect(says(jobsEnded([jobId], jobs(submitted, ended), runs(open)))).toContain('1 runs are completed, 0 are');
    expect(says(jobsEnded([jobId], jobs(submitted, ended, ended), runs()))).toContain('its stream reads');
  });
});

describe('a host', () => {
  const attemptOf = (id: string) => runStory(id, stream(`run-${id}`, queued, started));
  it('may begin another attempt when the last one writes nothing more', () => {
    expect(oneAtATime([attemptOf('a'), attemptOf('b')])).toEqual([]);
  });

  it('shows two attempts that write in turns', () => {
    const a = stream('run-a', queued, started);
    const b = attemptOf('b');
    const late = stream('run-a', recorded).map((row) => ({ ...row, version: 3 }));
    expect(says(oneAtATime([runStory('a', [...a, ...late]), b]))).toContain('still wrote after');
  });
});

describe('batches and attempts', () => {
  it('shows bytes without an event, and an event without bytes', () => {
    const events = stream(`run-${runId}`, queued, started, recorded);
    const key = { eventId: events[2]?.eventId ?? '', runId, attempt: 1, batch: 0 };
    expect(batchesKept(events, [key])).toEqual([]);
    expect(says(batchesKept(events, []))).toContain('has no bytes');
    expect(says(batchesKept([], [key]))).toContain('without an event');
  });

  it('shows an attempt that a fault cost which may cost none', () => {
    const lapsed = event('RunAbandoned', 1, { reason: 'lease-expired', final: true });
    const story = runStory(runId, stream(`run-${runId}`, queued, started, lapsed));
    const fault = { atMs: 1, target: 'worker-1', forMs: 1, stepMs: 0 };
    expect(attemptsSpared([{ ...fault, kind: 'worker-killed' }], [story])).toEqual([]);
    expect(says(attemptsSpared([{ ...fault, kind: 'answers-lost' }], [story]))).toContain('1 attempts were given up');
  });
});

describe('the read model', () => {
  const row = (fields: object): string =>
    JSON.stringify({ run_id: 'r1', state: 'completed', samples: 3, lost: 0, ...fields });
  it('is compared row by row, and shows the columns that differ', () => {
    expect(differences('runs', [row({})], [row({})])).toEqual([]);
    expect(says(differences('runs', [row({ samples: 4 })], [row({})]))).toContain('run_id "r1": samples 4, not 3');
    expect(says(differences('runs', [], [row({})]))).toContain('which has 1 others');
    expect(says(differences('runs', [row({}), row({})], [row({})]))).toContain('0 of 2 rows');
  });
});
