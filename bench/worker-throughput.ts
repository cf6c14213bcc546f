// Samples/s from executor to committed event, beside a plain COPY of the same packed rows in the same run.
// npm run bench:worker > bench/results/worker-throughput.json
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { runStream, type RunTicket } from '#contracts';
import { append, createPrisma, newId, readSampleBatches } from '#event-store';
import { simulatedBootState, simulateRun } from '#entry-sim';
import { decodeSamples } from '#samples';
import { ensureDatabase, ensureLogin, migrate, startEmbeddedPostgres } from '#postgres';
import { LiveAttempts } from '../apps/worker/src/attempt/live-attempts.js';
import type { AttemptContext } from '../apps/worker/src/attempt/attempt-context.js';
import { runAttempt } from '../apps/worker/src/attempt/run-attempt.js';
import type { Executor } from '../apps/worker/src/executors/executor.js';
import { createSimulator } from '../apps/worker/src/executors/simulator/simulator.js';
import { CaptureRoom } from '../apps/worker/src/capture/read-ahead.js';
import { MeasurementGate } from '../apps/worker/src/gate/measurement-gate.js';
import { openStore } from '../apps/worker/src/store/open-store.js';
import { letWorkerWrite } from '../test/fleet/worker-token.js';
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

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1_000;
}

const folder = await mkdtemp(join(os.tmpdir(), 'xf-bench-worker-'));
const cluster = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), log: () => undefined });
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

  const measure = async (executor: Executor): Promise<{ took: number; ticket: RunTicket }> => {
    const ids = { runId: newId(), jobId: newId() };
    const ticket: RunTicket = { contractVersion: 2, hostId: 'bench', attempt: 1, correlationId: newId(), ...ids };
    const request = { ...ids, hostId: 'bench', attempt: 1, executor: 'simulator', probe: 'pf', replicate: 0 } as const;
    const data = { ...request, faults, warmup: 0, timeoutMs: 600_000, priority: 'normal', seed: 1 } as const;
    const cause = { correlationId: ticket.correlationId, causationId: null, actor: 'bench' };
    await append(db, runStream(ids.runId), 0, [{ event: { type: 'RunQueued', data } }], cause);
    const host = { hostId: 'bench', labels: {}, bootState: simulatedBootState(machine), executors: [executor] };
    let outcome = '';
    const took = await seconds(async () => {
      outcome = await runAttempt(ticket, host, context, never);
    });
    if (outcome !== 'completed') throw new Error(`the run ended as ${outcome}`);
    return { took, ticket };
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

  const text = [...simulateRun({ machine, probe: 'pf', faults, warmup: 0, nonce, seed: 1, batch: 64 })];
  const chunks = text.map((part) => Buffer.from(part, 'latin1'));
  const printed = [...text.join('').matchAll(/ seq=(\d+) (?:n=(\d+) )?/g)].flatMap(([, seq, count = '1']) =>
    Array.from({ length: Number(count) }, (_, index) => Number(seq) + index),
  );
  const took = { replay: [] as number[], simulator: [] as number[], copy: [] as number[] };
  let rows: PackedRow[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const replayed = await measure(replay(chunks));
    rows = await rowsOf(replayed.ticket);
    const copied = await seconds(() => copyRows(client, 'copied', rows));
    const simulated = await measure(createSimulator('bench', machine));
    if (round === 0) continue; // warms up caches and the JIT
    took.replay.push(replayed.took);
    took.copy.push(copied);
    took.simulator.push(simulated.took);
  }

  const bytes = rows.reduce((sum, { samples, raw }) => sum + samples.length + raw.length, 0);
  const rate = (values: readonly number[]): object => ({
    samplesPerSecond: Math.round(faults / median(values)),
    medianSeconds: Number(median(values).toFixed(4)),
    seconds: values.map((value) => Number(value.toFixed(4))),
  });
  const report = {
    what: 'samples/s from executor to committed event; a sample is one u2k,k2u pair',
    at: new Date().toISOString(),
    node: process.version,
    cpu: os.cpus()[0]?.model ?? 'unknown',
    cpus: os.cpus().length,
    loadAverage: os.loadavg().map((load) => Number(load.toFixed(1))),
    faultsPerRun: faults,
    rounds,
    rowsPerRun: rows.length,
    capturedBytesPerRun: chunks.reduce((sum, chunk) => sum + chunk.length, 0),
    packedBytesPerRun: bytes,
    workerReplayingAReadyLog: rate(took.replay),
    workerWithSimulator: rate(took.simulator),
    plainCopyOfTheSameRows: rate(took.copy),
    copyOverWorker: Number((median(took.replay) / median(took.copy)).toFixed(2)),
    note: 'The worker also parses, checks and packs the log, keeps its bytes, and writes an event with each batch.',
  };
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  await client.end();
  await store.close();
  await db.$disconnect();
} finally {
  await cluster.stop();
  await rm(folder, { recursive: true, force: true });
}
