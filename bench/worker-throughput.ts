// Samples/s from executor to committed event, beside a plain COPY of the same packed rows and each part of the way alone, in turn in the
// same run. `npm run bench:worker` prints JSON and writes it to bench/results/worker-throughput.json.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { deriveLabels, runStream, type RunTicket } from '#contracts';
import { append, createPrisma, newId, readSampleBatches, readStream } from '#event-store';
import { observed } from '#lifecycle';
import { simulatedBootState, simulateRun } from '#entry-sim';
import { CaptureBatcher, captureCommands, type Captured } from '#capture';
import { createLogReader } from '#dmesg';
import { decodeSamples, SequenceTally } from '#samples';
import { ensureDatabase, ensureLogin, migrate, startEmbeddedPostgres } from '#postgres';
import { LiveAttempts } from '../apps/worker/src/attempt/live-attempts.js';
import type { AttemptContext } from '../apps/worker/src/attempt/attempt-context.js';
import type { NewRunEvent } from '../apps/worker/src/attempt/run-log.js';
import { runAttempt } from '../apps/worker/src/attempt/run-attempt.js';
import type { Executor } from '../apps/worker/src/executors/executor.js';
import { createSimulator } from '../apps/worker/src/executors/simulator/simulator.js';
import { CaptureRoom } from '../apps/worker/src/capture/read-ahead.js';
import { MeasurementGate } from '../apps/worker/src/gate/measurement-gate.js';
import { openStore } from '../apps/worker/src/store/open-store.js';
import { letWorkerWrite } from '../test/fleet/worker-token.js';
import { cpuMsOf } from './budget/cpu.js';
import { keepReport } from './report.js';
import { copyRows, type PackedRow } from './worker/binary-copy.js';

const faults = 200_000;
const rounds = 7;
const machine = 'haswell-ep';
const nonce = '00c0ffee';
const databaseName = 'bench';

/** A log that is ready before the clock starts: shows what the worker itself costs. */
function replay(chunks: readonly Uint8Array[]): Executor {
  return {
    name: 'simulator',
    probes: ['pf'],
    provenance: 'simulated',
    prepare: () =>
      Promise.resolve({
        bootState: simulatedBootState(machine),
        provenance: 'simulated',
        pinnedCpu: null,
        execute: async function* () {
          yield* chunks;
          await Promise.resolve();
        },
        discard: () => Promise.resolve(),
      }),
  };
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Wall time, and CPU time of both processes; threads that pack are in Node's. */
interface Took {
  seconds: number;
  nodeCpuMs: number;
  postgresCpuMs: number;
}

const folder = await mkdtemp(join(os.tmpdir(), 'xf-bench-worker-'));
const cluster = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), log: () => undefined });
const took = async (work: () => Promise<unknown>): Promise<Took> => {
  const postgres = cpuMsOf(cluster.pid);
  const [from, node] = [performance.now(), process.cpuUsage()];
  await work();
  const seconds = (performance.now() - from) / 1_000;
  const { user, system } = process.cpuUsage(node);
  return { seconds, nodeCpuMs: (user + system) / 1e3, postgresCpuMs: cpuMsOf(cluster.pid) - postgres };
};
try {
  const databaseUrl = cluster.url(databaseName);
  await ensureDatabase(cluster.adminUrl, databaseName);
  await migrate(databaseUrl, 'prisma/migrations');
  const login = { name: 'bench_worker', password: randomUUID() };
  await ensureLogin(databaseUrl, { ...login, role: 'xf_worker' });
  const workerUrl = new URL(databaseUrl);
  workerUrl.username = login.name;
  workerUrl.password = login.password;

  const db = createPrisma(databaseUrl);
  const store = openStore(workerUrl.href, 1);
  await letWorkerWrite(db, {
    workerId: 'bench',
    instanceId: randomUUID(),
    tokenHash: store.tokenHash,
    hostIds: ['bench'],
  });
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('CREATE TABLE copied (LIKE sample_batches INCLUDING ALL)');

  const context: AttemptContext = {
    workerId: 'bench',
    store,
    gate: new MeasurementGate(null),
    live: new LiveAttempts(),
    mayStart: () => Promise.resolve(),
    log: { info: () => undefined, warn: console.error, error: console.error },
    newNonce: () => nonce,
    room: new CaptureRoom(64_000_000),
    giveUpAfterMs: 10_000,
    tryLimitMs: 10_000,
    farewellMs: 1_000,
  };
  const never = new AbortController().signal;

  const queued = async (): Promise<RunTicket> => {
    const ids = { runId: newId(), jobId: newId() };
    const ticket: RunTicket = { contractVersion: 2, hostId: 'bench', attempt: 1, correlationId: newId(), ...ids };
    const request = { ...ids, hostId: 'bench', attempt: 1, executor: 'simulator', probe: 'pf', replicate: 0 } as const;
    const data = { ...request, faults, warmup: 0, timeoutMs: 600_000, priority: 'normal', seed: 1 } as const;
    const cause = { correlationId: ticket.correlationId, causationId: null, actor: 'bench' };
    await append(db, runStream(ids.runId), 0, [{ event: { type: 'RunQueued', data } }], cause);
    return ticket;
  };

  const measure = async (executor: Executor): Promise<{ cost: Took; ticket: RunTicket }> => {
    const ticket = await queued();
    const host = { hostId: 'bench', labels: {}, bootState: simulatedBootState(machine), executors: [executor] };
    let outcome = '';
    const cost = await took(async () => {
      outcome = await runAttempt(ticket, host, context, never);
    });
    if (outcome !== 'completed') throw new Error(`the run ended as ${outcome}`);
    return { cost, ticket };
  };

  /** A quick worker that stores some samples twice and others not at all would be none. */
  const expectEverySampleOnce = (rows: readonly PackedRow[]): void => {
    const seqs = rows.flatMap(({ samples }) => [...decodeSamples(samples).seq]);
    if (seqs.join() !== printed.join()) throw new Error('the stored samples are not the printed ones');
  };

  const rowsOf = async (ticket: RunTicket): Promise<PackedRow[]> => {
    const rows: PackedRow[] = [];
    for await (const { batch, samples, raw } of readSampleBatches(db, ticket.runId, 1)) {
      rows.push({ eventId: randomUUID(), runId: randomUUID(), attempt: 1, batch, samples, raw });
    }
    expectEverySampleOnce(rows);
    return rows;
  };

  const causeOf = ({ correlationId }: RunTicket) => ({ correlationId, causationId: null, actor: 'bench' });
  /** A run that has started, so that batches may follow. */
  const started = async (): Promise<RunTicket> => {
    const ticket = await queued();
    const bootState = observed(simulatedBootState(machine));
    await store.observe(runStream(ticket.runId), bootState, causeOf(ticket));
    const labels = deriveLabels('bench', {}, bootState.bootState, 'simulated');
    const data = { workerId: 'bench', nonce, provenance: 'simulated', pinnedCpu: null, bootId: null, labels } as const;
    const { runId, attempt } = ticket;
    const event = {
      type: 'RunStarted',
      data: { ...data, runId, attempt, bootStateHash: bootState.bootStateHash },
    } as const;
    await store.append(runStream(runId), 1, [{ event, eventId: newId(), occurredAt: new Date() }], causeOf(ticket));
    return ticket;
  };
  /** The batches of one run as those of another. */
  const storedBatches = async (from: RunTicket, { runId }: RunTicket): Promise<NewRunEvent[]> => {
    const events = await readStream(db, runStream(from.runId));
    const recorded = events.flatMap((event) => (event.type === 'CrossingSamplesRecorded' ? [event] : []));
    return recorded.map(({ type, data }, at) => ({
      ...{ event: { type, data: { ...data, runId } }, eventId: newId(), occurredAt: new Date() },
      payload: rows[at]!,
    }));
  };

  const text = [...simulateRun({ machine, probe: 'pf', faults, warmup: 0, nonce, seed: 1, batch: 64 })];
  const chunks = text.map((part) => Buffer.from(part, 'latin1'));
  const printed = [...text.join('').matchAll(/ seq=(\d+) (?:n=(\d+) )?/g)].flatMap(([, seq, count = '1']) =>
    Array.from({ length: Number(count) }, (_, index) => Number(seq) + index),
  );
  /** What the log gives, cut into batches. */
  const captured = (): Captured[] => {
    const batcher = new CaptureBatcher(createLogReader({ nonce, probe: 'pf' }));
    return [...chunks.flatMap((chunk) => batcher.push(chunk)), ...batcher.end()];
  };
  const costs = { replay: [], simulator: [], copy: [], parse: [], pack: [], store: [] } as Record<string, Took[]>;
  let rows: PackedRow[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const replayed = await measure(replay(chunks));
    rows = await rowsOf(replayed.ticket);
    const copy = await took(() => copyRows(client, 'copied', rows));
    const simulated = await measure(createSimulator('bench', machine));
    let batches: Captured[] = [];
    const parse = await took(() => Promise.resolve((batches = captured())));
    const pack = await took(() => captureCommands(1, 'pf', batches, new SequenceTally(faults)));
    const storing = await started();
    const events = await storedBatches(replayed.ticket, storing);
    const stored = await took(() => store.append(runStream(storing.runId), 2, events, causeOf(storing)));
    if (round === 0) continue; // warms up caches and the JIT
    const now = { replay: replayed.cost, simulator: simulated.cost, copy, parse, pack, store: stored };
    for (const [name, cost] of Object.entries(now)) costs[name]?.push(cost);
  }

  const bytes = rows.reduce((sum, { samples, raw }) => sum + samples.length + raw.length, 0);
  const round = (value: number, digits: number): number => Number(value.toFixed(digits));
  const medianSeconds = (name: string): number => median((costs[name] ?? []).map(({ seconds }) => seconds));
  const summary = (name: string): object => {
    const all = costs[name] ?? [];
    // Means: PostgreSQL's is counted in steps of 10 ms.
    const mean = (pick: (took: Took) => number): number =>
      round(all.reduce((sum, one) => sum + pick(one), 0) / all.length, 1);
    return {
      samplesPerSecond: Math.round(faults / medianSeconds(name)),
      medianSeconds: round(medianSeconds(name), 4),
      cpuMs: { node: mean(({ nodeCpuMs }) => nodeCpuMs), postgres: mean(({ postgresCpuMs }) => postgresCpuMs) },
      seconds: all.map(({ seconds }) => round(seconds, 4)),
    };
  };
  await keepReport('worker-throughput', {
    what: 'samples/s from executor to committed event; a sample is one u2k,k2u pair',
    command: 'npm run bench:worker',
    measuredAt: new Date().toISOString(),
    machine: {
      cpu: os.cpus()[0]?.model ?? 'unknown',
      cpus: os.cpus().length,
      node: process.version,
      load: os.loadavg()[0],
    },
    setting: { faultsPerRun: faults, rounds },
    rowsPerRun: rows.length,
    capturedBytesPerRun: chunks.reduce((sum, chunk) => sum + chunk.length, 0),
    packedBytesPerRun: bytes,
    workerReplayingAReadyLog: summary('replay'),
    workerWithSimulator: summary('simulator'),
    plainCopyOfTheSameRows: summary('copy'),
    copyOverWorker: round(medianSeconds('replay') / medianSeconds('copy'), 2),
    alone: {
      'reading the log: lines, checksums, batches': summary('parse'),
      'packing samples and log, on all cores': summary('pack'),
      'storing the packed batches in one call': summary('store'),
    },
  });
  await client.end();
  await store.close();
  await db.$disconnect();
} finally {
  await cluster.stop();
  await rm(folder, { recursive: true, force: true });
}
