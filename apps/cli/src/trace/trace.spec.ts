import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { type RunDetail, runDetailSchema } from '#contracts';
import { formatContractLine, parserVersion } from '#dmesg';
import { summarize } from '#stats';
import type { ApiClient } from '../client/api-client.js';
import { CliError } from '../cli-error.js';
import { traceText } from '../output/trace.js';
import { samplesAt, samplesOf } from './trace-log.js';
import { agrees, type TraceOptions, traceRun } from './trace-run.js';

const runId = '018f3f5e-0000-7000-8000-000000000001';
const jobId = '018f3f5e-0000-7000-8000-000000000002';
const nonce = '0badf00d';
/** Round trips of four faults: no sample is 350, which is their median. */
const values = [400, 300, 200, 900];
const line = (fields: string): string => `<6>[    1.5] ${formatContractLine(nonce, fields)}\n`;
const text = [
  line('begin probe=pf_rt faults=4 warmup=0 pid=7 cpu=1 batch=1 overhead=20'),
  '<6>[    1.6] something else\n',
  ...values.map((rt, seq) => line(`pid=7 cpu=1 seq=${seq} pf_rt=${rt} irq=0`)),
  line('end faults=4 samples=4 rejected=0'),
].join('');
const bytes = Buffer.from(text);
const lineAt = (seq: number) => {
  const found = text.split('\n').find((one) => one.includes(` seq=${seq} `)) ?? '';
  const rawFrom = text.indexOf(found);
  return { rawFrom, rawTo: rawFrom + found.length + 1, text: found };
};

const summary = summarize(Int32Array.from(values));
const result = {
  ...{ metric: 'pf_rt', samples: 4, invalid: 0, interrupted: 0, p50Ns: 175, noiseFloor: null },
  ...Object.fromEntries(
    Object.entries(summary ?? {}).flatMap(([name, value]) => (name === 'samples' ? [] : [[`${name}Cycles`, value]])),
  ),
};
const completed = runDetailSchema.parse({
  ...{ runId, jobId, hostId: 'h1', executor: 'stock-host', probe: 'pf_rt', replicate: 0, guest: null },
  ...{ state: 'completed', attempt: 2, provenance: 'measured', labels: {}, bootStateHash: 'b'.repeat(64), noise: null },
  ...{ queuedAt: null, startedAt: null, endedAt: null, faults: 4, samples: 4, lost: 0, rejected: 0, damagedLines: 0 },
  ...{ overheadCycles: 20, failure: null, parserVersion, results: [result], gaps: [], annotations: [] },
  ...{ bootState: null, evidence: null, pinnedCpu: 1 },
});

const event = (version: number, type: string, data: object) => ({
  ...{ eventId: `018f3f5e-0000-7000-8000-00000000010${version}`, stream: `run-${runId}`, version, type },
  data: { runId, attempt: 2, ...data },
  ...{ recordedAt: '2026-11-27T12:00:00.000Z', occurredAt: '2026-11-27T12:00:00.000Z', actor: 'worker:w1' },
});
const half = lineAt(2).rawFrom;
const events = [
  { ...event(1, 'RunStarted', { nonce: '11111111' }), data: { attempt: 1, nonce: '11111111' } },
  event(2, 'RunStarted', { nonce }),
  event(3, 'CrossingSamplesRecorded', { rawFrom: 0, rawTo: half }),
  event(4, 'CrossingSamplesRecorded', { rawFrom: half, rawTo: bytes.length }),
  event(5, 'RunCompleted', {}),
];
const finding = {
  ...{ findingId: jobId, state: 'open', kind: 'step', ratio: 1.1, fromDay: '2026-11-20', toDay: '2026-11-20' },
  ...{ metric: 'pf_rt', alsoIn: [] },
};

function trace(run: RunDetail = completed, options: Partial<TraceOptions> = {}) {
  const pages = new Map<string, object[]>([
    ['/v1/events', events],
    ['/v1/regressions', [finding, { ...finding, metric: 'u2k' }]],
  ]);
  const client = {
    run: () => Promise.resolve(run),
    rawLog: () => Promise.resolve({ body: Readable.from([bytes]) }),
    ask: (path: string) => Promise.resolve({ items: pages.get(path), nextCursor: null }),
  } as unknown as ApiClient;
  return traceRun(client, runId, { figure: 'p50', ...options });
}

describe('a figure of a run', () => {
  it('is followed to the lines of the samples on both sides of it, and to the events that hold them', async () => {
    const { traced, log, figuresEvent, findings, reading } = await trace();
    expect(traced).toMatchObject({ metric: 'pf_rt', figure: 'p50', cycles: 350, nanoseconds: 175 });
    expect(traced.samples.map(({ seq, cycles, event: held }) => [seq, cycles, held?.version])).toEqual([
      [1, 300, 3],
      [0, 400, 3],
    ]);
    for (const { seq, line: shown } of traced.samples) expect(shown).toEqual(lineAt(seq));
    expect(log).toMatchObject({ bytes: bytes.length, nonce });
    expect(figuresEvent?.version).toBe(5);
    expect(findings.map(({ findingId }) => findingId)).toEqual([jobId]);
    expect(reading).toEqual({ announced: 4, samples: 4, lost: 0, rejected: 0 });
  });

  it('that a sample has is followed to that sample alone', async () => {
    const { traced } = await trace(completed, { figure: 'max' });
    expect(traced.samples.map(({ seq, event: held }) => [seq, held?.version])).toEqual([[3, 4]]);
  });

  it('is computed again from the bytes', async () => {
    const { figures } = await trace();
    expect(figures).toHaveLength(9);
    expect(figures.every(agrees)).toBe(true);
  });

  it('that the bytes do not give is named, with whose parser read them', async () => {
    const wrong = { ...completed, results: [{ ...completed.results[0]!, p95Cycles: 901 }] };
    const shown = await trace(wrong);
    expect(shown.figures.filter((one) => !agrees(one)).map(({ figure }) => figure)).toEqual(['p95']);
    const words = (text: string): string => text.replaceAll(/\s+/g, ' ');
    expect(words(traceText(shown))).toContain(
      '1 of 9 figures differ: pf_rt p95 901, the bytes give 825; they were read by this same parser',
    );
    const older = await trace({ ...wrong, parserVersion: 1 });
    expect(words(traceText(older))).toContain(`they were read by parser 1, this is ${parserVersion}: xf replay`);
  });
});

describe('a sample', () => {
  it('is followed to its line by its number', async () => {
    const { traced } = await trace(completed, { seq: 2 });
    expect(traced).toMatchObject({ figure: null, cycles: 200, samples: [{ seq: 2, line: lineAt(2) }] });
  });

  it('that the log does not have is refused', async () => {
    await expect(trace(completed, { seq: 4 })).rejects.toThrow('the log has no sample 4 with a value in pf_rt');
  });

  it('of which many stand in a line is found in its line', () => {
    const batched = [0, 64].map((seq) =>
      line(`pid=7 cpu=1 seq=${seq} n=64 pf_rt=${Array.from({ length: 64 }, (_, n) => 1_000 - seq - n).join()}`),
    );
    const log = { bytes: Buffer.from(batched.join('')), nonce, probe: 'pf_rt' } as const;
    const [lowest] = samplesAt(log, samplesOf(log), 'pf_rt', 0);
    expect(lowest?.cycles).toBe(873);
    expect(lowest?.line.text).toBe(batched[1]?.trimEnd());
  });
});

describe('a run without figures', () => {
  it('is refused, with where its state is told', async () => {
    const failed = { ...completed, state: 'failed' as const, results: [] };
    await expect(trace(failed)).rejects.toThrow(CliError);
    await expect(trace(failed)).rejects.toThrow(/has no figures/);
  });

  it('of the metric asked for names those that it has', async () => {
    await expect(trace(completed, { metric: 'u2k' })).rejects.toMatchObject({ remedy: 'it has pf_rt' });
  });
});
