// How fast packed samples get into the store, beside a plain COPY of the very same rows in the same run.
// `npm run bench:append` prints JSON and writes it to bench/results/append.json.
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { deflateSync } from 'node:zlib';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { limits, type Cause } from '#contracts';
import { append, createPrisma, newId, type NewEvent, type PrismaClient } from '#event-store';
import { ensureDatabase, migrate, startEmbeddedPostgres } from '#postgres';
import { encodeSamples } from '#samples';
import { keepReport } from './report.js';

const rounds = 9;
const batchesPerRound = 100;
const samplesPerBatch = limits.samplesPerEvent;
const cause: Cause = { correlationId: newId(), causationId: null, actor: 'bench:append' };
const project = fileURLToPath(new URL('..', import.meta.url));

interface Batch {
  samples: Uint8Array;
  raw: Uint8Array;
}

/** A batch as a quiet Haswell-EP gives it (facts: u2k near 440, k2u near 270 cycles), and its lines, 64 samples each. */
function makeBatch(seed: number): Batch {
  let state = seed;
  const random = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  const spread = () => random() + random() + random() - 1.5;
  const u2k = Int32Array.from({ length: samplesPerBatch }, () => Math.round(440 + 20 * spread()));
  const k2u = Int32Array.from({ length: samplesPerBatch }, () => Math.round(270 + 12 * spread()));
  const seq = Int32Array.from({ length: samplesPerBatch }, (_, i) => seed * samplesPerBatch + i);
  const lines: string[] = [];
  for (let first = 0; first < samplesPerBatch; first += 64) {
    const pairs = Array.from(u2k.subarray(first, first + 64), (cycles, i) => `${cycles}/${k2u[first + i]}`);
    lines.push(
      `xperf: magic=0x19940619 v=1 run=0badcafe pid=4711 cpu=1 seq=${seq[first]} n=${pairs.length} d=${pairs.join(',')}`,
    );
  }
  const samples = encodeSamples({ cpu: 1, seq, columns: { u2k, k2u }, interrupted: new Uint8Array(samplesPerBatch) });
  return { samples, raw: deflateSync(lines.join('\n')) };
}

const batches = Array.from({ length: batchesPerRound }, (_, i) => makeBatch(i + 1));

function eventOf(runId: string, batch: number): NewEvent {
  const [from, to] = [batch * samplesPerBatch, (batch + 1) * samplesPerBatch];
  const payload = batches[batch];
  if (payload === undefined) throw new Error(`there is no batch ${batch}`);
  return {
    eventId: newId(),
    payload,
    event: {
      type: 'CrossingSamplesRecorded',
      data: {
        ...{ runId, attempt: 1, batch, probe: 'pf', metrics: ['u2k', 'k2u'], cpu: 1, samples: samplesPerBatch },
        ...{ interrupted: 0, firstSeq: from, lastSeq: to - 1, rawFrom: from, rawTo: to },
      },
    },
  };
}

/** So many batches an append, each committed before the next; a worker whose runs go on for long appends one. */
async function throughAppend(db: PrismaClient, batchesEach: number): Promise<void> {
  const runId = newId();
  for (let from = 0; from < batchesPerRound; from += batchesEach) {
    const events = Array.from({ length: batchesEach }, (_, i) => eventOf(runId, from + i));
    await append(db, `run-${runId}`, from, events, cause);
  }
}

/** The same call of append_events on a bare connection: what Prisma adds is the difference. */
async function throughBareCalls(client: pg.Client): Promise<void> {
  const runId = newId();
  for (let batch = 0; batch < batchesPerRound; batch += 1) {
    const { event, eventId, payload } = eventOf(runId, batch);
    const events = JSON.stringify([{ eventId, type: event.type, schemaVersion: 1, data: event.data, ...cause }]);
    await client.query({
      name: 'append',
      text: 'SELECT append_events($1, $2, $3, ARRAY[$4::bytea], ARRAY[$5::bytea])',
      values: [`run-${runId}`, batch, events, payload?.samples, payload?.raw],
    });
  }
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

/** Rows of sample_batches in COPY's binary format (PostgreSQL manual, COPY, "Binary Format"). */
function* binaryRows(from: number, to: number): Generator<Buffer> {
  const runId = Buffer.from(newId().replaceAll('-', ''), 'hex');
  yield Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), int32(0), int32(0)]);
  for (let i = from; i < to; i += 1) {
    const eventId = Buffer.from(newId().replaceAll('-', ''), 'hex');
    const { samples, raw } = batches[i] ?? { samples: new Uint8Array(), raw: new Uint8Array() };
    const fields = [eventId, runId, int32(1), int32(i), samples, raw];
    yield Buffer.concat([Buffer.from([0, fields.length]), ...fields.flatMap((field) => [int32(field.length), field])]);
  }
  yield Buffer.from([0xff, 0xff]);
}

/** Plain COPY into a table of the same shape, with so many rows a statement. */
async function throughCopy(client: pg.Client, rowsEach: number): Promise<void> {
  for (let from = 0; from < batchesPerRound; from += rowsEach) {
    const target = client.query(copyFrom('COPY sample_batches_copied FROM STDIN (FORMAT binary)'));
    await pipeline(Readable.from(binaryRows(from, from + rowsEach)), target);
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'xperf-fleet-bench-'));
  const cluster = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), log: () => undefined });
  const url = cluster.url('bench');
  await ensureDatabase(cluster.adminUrl, 'bench');
  await migrate(url, join(project, 'prisma/migrations'));
  const db = createPrisma(url, { poolSize: 1 });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('CREATE TABLE sample_batches_copied (LIKE sample_batches INCLUDING ALL)');
  try {
    const ways: Record<string, () => Promise<void>> = {
      append: () => throughAppend(db, 1),
      appendOf10: () => throughAppend(db, 10),
      bareCalls: () => throughBareCalls(client),
      copyPerBatch: () => throughCopy(client, 1),
      copy: () => throughCopy(client, batchesPerRound),
    };
    const names = Object.keys(ways);
    const samplesPerSecond: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
    // The first round warms caches and compilers and is not counted; each next one begins with another way.
    for (let round = 0; round <= rounds; round += 1) {
      for (const name of [...names.slice(round % names.length), ...names.slice(0, round % names.length)]) {
        await client.query('CHECKPOINT');
        const began = performance.now();
        await ways[name]?.();
        const seconds = (performance.now() - began) / 1000;
        if (round > 0) samplesPerSecond[name]?.push(Math.round((batchesPerRound * samplesPerBatch) / seconds));
      }
    }
    const medians = Object.fromEntries(names.map((name) => [name, median(samplesPerSecond[name] ?? [])]));
    /** Median of the rounds' own ratios: both ways met the same neighbours in a round. */
    const ratio = (way: string, over: string) => {
      const ratios = samplesPerSecond[way]?.map((rate, i) => rate / (samplesPerSecond[over]?.[i] ?? NaN));
      return Number(median(ratios ?? []).toFixed(3));
    };
    const report = {
      what:
        'samples/s into committed rows. append, appendOf10: events and payloads through append(), 1 or 10 batches a ' +
        'commit; bareCalls: the same calls without Prisma; copy: all rows of a round in one COPY; copyPerBatch: one each',
      measuredAt: new Date().toISOString(),
      machine: { cpu: cpus()[0]?.model ?? 'unknown', cpus: cpus().length, node: process.version, load: loadavg()[0] },
      setting: {
        ...{ rounds, batchesPerRound, samplesPerBatch, fsync: true },
        meanSampleBytes: Math.round(batches.reduce((sum, { samples }) => sum + samples.length, 0) / batchesPerRound),
        meanRawBytes: Math.round(batches.reduce((sum, { raw }) => sum + raw.length, 0) / batchesPerRound),
      },
      medianSamplesPerSecond: medians,
      medianRatio: {
        'append / copyPerBatch': ratio('append', 'copyPerBatch'),
        'append / bareCalls': ratio('append', 'bareCalls'),
        'append / copy': ratio('append', 'copy'),
        'appendOf10 / copy': ratio('appendOf10', 'copy'),
      },
      samplesPerSecond,
    };
    await keepReport('append', report);
  } finally {
    await client.end();
    await db.$disconnect();
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

await main();
