// What happens in a fleet, played through the same deciders and the store that the real one uses.
import { randomUUID } from 'node:crypto';
import {
  deriveLabels,
  acceptedJobSpecSchema,
  type BootState,
  type Cause,
  type HostDescription,
  type JobSpecInput,
  type PlannedRun,
  type RunEvent,
} from '#contracts';
import { parserVersion } from '#dmesg';
import { handle, type NewEvent, readState, type PrismaClient } from '#event-store';
import {
  bootStateDecider,
  hashBootState,
  hostDecider,
  jobDecider,
  jobSeed,
  planJob,
  runDecider,
  runSeed,
  type JobCommand,
  type Run,
  type RunCommand,
} from '#lifecycle';
import { encodeSamples, type SampleColumns } from '#samples';
import { deflateSync } from 'node:zlib';
import { bootStateOf } from './hosts.js';

export { bootStateOf, simulatedHost } from './hosts.js';

export const causeOf = (actor: string): Cause => ({ correlationId: randomUUID(), causationId: null, actor });

export async function registerHost(db: PrismaClient, description: HostDescription): Promise<void> {
  const command = { type: 'register' as const, workerId: 'w1', description };
  await handle(db, hostDecider, description.hostId, command, { cause: causeOf('worker:w1') });
}

/** Submits a job over these hosts, as the API would. */
export async function submitJob(
  db: PrismaClient,
  hosts: readonly HostDescription[],
  input: Omit<JobSpecInput, 'hosts' | 'selector'>,
): Promise<{ jobId: string; plan: PlannedRun[] }> {
  const jobId = randomUUID();
  const spec = acceptedJobSpecSchema.parse({
    ...input,
    seed: input.seed ?? jobSeed(jobId),
    hosts: hosts.map((host) => host.hostId),
  });
  const plan = planJob(spec, hosts, jobId);
  await tellJob(db, jobId, { type: 'submit', jobId, spec, plan, bodyHash: 'body' });
  return { jobId, plan };
}

/** Submits a job over these hosts and queues each of its runs, as the reconciler would. */
export async function queueRuns(
  db: PrismaClient,
  hosts: readonly HostDescription[],
  { faults, runsPerHost }: { faults: number; runsPerHost: number },
): Promise<{ jobId: string; runIds: string[] }> {
  const { jobId, plan } = await submitJob(db, hosts, { faults, runsPerHost });
  const rest = { attempt: 1, faults, warmup: 0, timeoutMs: 1_000, priority: 'normal' } as const;
  for (const run of plan) {
    const seed = runSeed(jobSeed(jobId), run.hostId, run.probe, run.replicate);
    await tellRun(db, run.runId, { type: 'queue', request: { ...run, jobId, ...rest, seed } });
  }
  return { jobId, runIds: plan.map(({ runId }) => runId) };
}

export async function tellJob(db: PrismaClient, jobId: string, command: JobCommand): Promise<void> {
  await handle(db, jobDecider, jobId, command, { cause: causeOf('key:test') });
}

/** A run as its stream tells it now. */
export async function runNow(db: PrismaClient, runId: string): Promise<{ run: Run; version: number }> {
  const { state: run, version } = await readState(db, runDecider, runId);
  return { run, version };
}

/** Carries a command out on a run, as worker or coordinator would. @throws Refused */
export async function tellRun(
  db: PrismaClient,
  runId: string,
  command: RunCommand,
  extra: Pick<NewEvent, 'payload' | 'occurredAt'> = {},
): Promise<void> {
  const envelope = (event: RunEvent): NewEvent => ({ event, ...extra });
  await handle(db, runDecider, runId, command, { cause: causeOf('worker:w1'), envelope });
}

/** Straight into the store, past every schema: as another release could, or a login of the database. */
export async function slipIn(
  db: PrismaClient,
  stream: string,
  type: string,
  schemaVersion: number,
  data: object,
): Promise<void> {
  const [row] = await db.$queryRaw<{ version: number }[]>`
    SELECT coalesce(max(version), 0)::integer AS version FROM events WHERE stream = ${stream}`;
  const events = JSON.stringify([{ eventId: randomUUID(), type, schemaVersion, data, ...causeOf('spec') }]);
  await db.$queryRaw`
    SELECT append_events(${stream}, ${row?.version ?? 0}::integer, ${events}::jsonb, '{}'::bytea[], '{}'::bytea[])`;
}

/** Stores a boot state, unless it is known; returns its hash, for a start to name. */
export async function observeBootState(db: PrismaClient, bootState: BootState): Promise<string> {
  const hash = hashBootState(bootState);
  await handle(db, bootStateDecider, hash, { type: 'observe', bootState }, { cause: causeOf('worker:w1') });
  return hash;
}

export async function startAttempt(
  db: PrismaClient,
  runId: string,
  attempt: number,
  generation = 'Haswell-EP',
  extra: Readonly<Record<string, string>> = {},
  when: Pick<NewEvent, 'occurredAt'> = {},
): Promise<void> {
  const known = bootStateOf(generation);
  const bootState = { ...known, extra: { ...known.extra, ...extra } };
  const { run } = await runNow(db, runId);
  const hostId = 'request' in run ? run.request.hostId : 'h1';
  const data = {
    workerId: 'w1',
    nonce: '0badcafe',
    provenance: 'simulated' as const,
    labels: { ...deriveLabels(hostId, {}, bootState, 'simulated') },
    bootStateHash: await observeBootState(db, bootState),
  };
  return tellRun(db, runId, { type: 'start', attempt, data }, when);
}

/** Samples whose u2k is `base`, base+1 … and whose k2u is half of it; every tenth k2u has no valid stamp. */
export function samplesFrom(base: number, count: number, firstSeq = 0): SampleColumns {
  const index = Array.from({ length: count }, (_, at) => at);
  return {
    cpu: 0,
    seq: Int32Array.from(index, (at) => firstSeq + at),
    columns: {
      u2k: Int32Array.from(index, (at) => base + at),
      k2u: Int32Array.from(index, (at) => (at % 10 === 9 ? -1 : Math.floor((base + at) / 2))),
    },
    interrupted: Uint8Array.from(index, (at) => (at === 3 ? 1 : 0)),
  };
}

export function recordSamples(db: PrismaClient, runId: string, attempt: number, samples: SampleColumns): Promise<void> {
  const data = {
    probe: 'pf' as const,
    metrics: ['u2k' as const, 'k2u' as const],
    cpu: samples.cpu,
    samples: samples.seq.length,
    interrupted: samples.interrupted.reduce((sum, flag) => sum + flag, 0),
    firstSeq: samples.seq[0] ?? null,
    lastSeq: samples.seq.at(-1) ?? null,
    rawFrom: 0,
    rawTo: 3,
  };
  const payload = { samples: encodeSamples(samples), raw: deflateSync('log') };
  return tellRun(db, runId, { type: 'record', attempt, data }, { payload });
}

export function completeAttempt(
  db: PrismaClient,
  runId: string,
  attempt: number,
  faults: number,
  when: Pick<NewEvent, 'occurredAt'> = {},
): Promise<void> {
  const data = { faults, lost: 0, rejected: 0, damagedLines: 0, rawBytes: 3, overheadCycles: 20, durationMs: 1 };
  return tellRun(db, runId, { type: 'complete', attempt, data: { ...data, parserVersion } }, when);
}

/** All that a worker does with an attempt whose `faults` all give a sample. */
export async function measure(
  db: PrismaClient,
  runId: string,
  attempt: number,
  { faults, base = 300, generation = 'Haswell-EP' }: { faults: number; base?: number; generation?: string },
): Promise<void> {
  await startAttempt(db, runId, attempt, generation);
  await recordSamples(db, runId, attempt, samplesFrom(base, faults));
  await completeAttempt(db, runId, attempt, faults);
}
