import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import {
  contractVersion,
  hostStream,
  type HostView,
  type JobResults,
  type JobView,
  oldestContractVersion,
  type Page,
  type PlannedRun,
  type Problem,
  type RunDetail,
  runStream,
  type RunTicket,
} from '#contracts';
import { hashToken, newId } from '#event-store';
import { ensureLogin } from '#postgres';
import { openQueue, RunLanes } from '#queue';
import { type CoordinatorUnderTest, startCoordinator } from '../../../../test/coordinator/coordinator-under-test.js';
import { planOf, queueRun } from '../../../../test/coordinator/played-runs.js';
import { causeOf, startAttempt, tellRun } from '../../../../test/fleet/story.js';
import type { Readiness } from '../health/checks.js';

interface StoredEvent {
  type: string;
  schemaVersion: number;
  data: Record<string, unknown>;
  samples?: string;
  raw?: string;
}
interface Recorded {
  registration: { contractVersion: number; hosts: { hostId: string; bootState: object }[] };
  events: StoredEvent[];
}

/** What a worker of 6d721a8 sent of a run of 100 faults, and how it registered. */
const recorded = JSON.parse(await readFile('test/history/contract-2.json', 'utf8')) as Recorded;
const faults = 100;
const token = 'an old worker’s token';

describe('a worker of the previous contract version', () => {
  let fleet: CoordinatorUnderTest;
  let worker: pg.Client;
  beforeAll(async () => {
    fleet = await startCoordinator();
    const login = { name: `old_${randomUUID().slice(0, 8)}`, password: randomUUID() };
    await ensureLogin(fleet.database.adminUrl, { ...login, role: 'xf_worker' });
    const url = new URL(fleet.database.adminUrl);
    [url.username, url.password] = [login.name, login.password];
    worker = new pg.Client({ connectionString: url.href });
    await worker.connect();
    const { status } = await register(recorded.registration.contractVersion);
    expect(status).toBe(200);
    await fleet.readModelHas(hostStream('old-1'));
  });
  afterAll(async () => {
    await worker.end();
    await fleet.stop();
  });

  const register = (version: number) =>
    fleet.ask<Problem>('/v1/workers/old', {
      method: 'PUT',
      json: {
        ...recorded.registration,
        ...{ contractVersion: version, instanceId: ids.instance, sessionId: ids.session },
        tokenHash: hashToken(token).toString('hex'),
      },
    });
  const ids = { instance: randomUUID(), session: randomUUID() };

  async function append(stream: string, expected: number, events: readonly StoredEvent[]): Promise<void> {
    const rows = events.map((event) => ({ eventId: newId(), ...event, ...causeOf('worker:old') }));
    const bytes = (text?: string): Buffer | null => (text === undefined ? null : Buffer.from(text, 'base64'));
    await worker.query('SELECT worker_append($1, $2, $3, $4, $5, $6)', [
      ...[token, stream, expected, JSON.stringify(rows)],
      ...[events.map(({ samples }) => bytes(samples)), events.map(({ raw }) => bytes(raw))],
    ]);
  }
  const read = async (stream: string): Promise<{ type: string; version: number; data: Record<string, unknown> }[]> => {
    const { rows } = await worker.query<{ type: string; schema_version: number; data: Record<string, unknown> }>(
      'SELECT * FROM worker_read($1, $2) ORDER BY version',
      [token, stream],
    );
    return rows.map(({ type, schema_version: version, data }) => ({ type, version, data }));
  };
  /** A recorded event as one of this run. */
  const ofRun = (run: PlannedRun, { data, ...event }: StoredEvent): StoredEvent => ({
    ...event,
    data: { ...data, runId: run.runId },
  });

  async function submit(): Promise<{ job: JobView; run: PlannedRun }> {
    const { body: job } = await fleet.ask<JobView>('/v1/jobs', {
      method: 'POST',
      json: { hosts: ['old-1'], runsPerHost: 1, faults, warmup: 10 },
    });
    const [run] = await planOf(fleet.db, job.jobId);
    if (run === undefined) throw new Error('nothing was planned');
    await queueRun(fleet.db, job, run);
    return { job, run };
  }

  it('is registered, and hosts and health say which version it speaks', async () => {
    const { items } = (await fleet.ask<Page<HostView>>('/v1/hosts')).body;
    expect(items.map((host) => [host.hostId, host.contractVersion])).toEqual([['old-1', oldestContractVersion]]);
    const ready = (await fleet.ask<Readiness>('/health/ready')).body;
    expect(ready.hostsByContractVersion).toEqual({ [oldestContractVersion]: 1 });
  });

  it('gets tickets that it can read, and carries a run through with its own events', async () => {
    const { job, run } = await submit();
    const taken = await new Promise<RunTicket>((resolve, reject) => {
      const connection = openQueue({ url: fleet.queue.workerUrl, onError: reject }, 'lanes');
      const lane = new RunLanes({
        connection,
        hostIds: ['old-1'],
        handle: (ticket) => {
          void lane.close({ graceMs: 1_000 }).then(() => connection.close(), reject);
          resolve(ticket);
          return Promise.resolve();
        },
        onError: reject,
      });
      lane.start();
    });
    expect(taken).toMatchObject({
      runId: run.runId,
      attempt: 1,
      contractVersion: recorded.registration.contractVersion,
    });

    const stream = runStream(run.runId);
    await append(
      stream,
      1,
      recorded.events.slice(0, 1).map((event) => ofRun(run, event)),
    );
    expect(await read(stream)).toMatchObject([{ type: 'RunQueued' }, { type: 'RunStarted', version: 1 }]);
    await append(
      stream,
      2,
      recorded.events.slice(1).map((event) => ofRun(run, event)),
    );
    await fleet.readModelHas(stream);
    const { body } = await fleet.ask<RunDetail>(`/v1/runs/${run.runId}`);
    expect(body).toMatchObject({
      state: 'completed',
      samples: faults,
      lost: 0,
      bootState: recorded.registration.hosts[0]?.bootState,
    });
    expect(body.bootStateHash).toBe(recorded.events[0]?.data['bootStateHash']);
    const { rows } = (await fleet.ask<JobResults>(`/v1/jobs/${job.jobId}/results`)).body;
    expect(rows.map(({ metric, runs, samples }) => [metric, runs, samples])).toEqual([
      ['u2k', 1, faults],
      ['k2u', 1, faults],
    ]);
  });

  it('takes over where a worker of this version gave up: that one’s start comes as it knows starts', async () => {
    const { run } = await submit();
    const stream = runStream(run.runId);
    await startAttempt(fleet.db, run.runId, 1);
    await tellRun(fleet.db, run.runId, { type: 'expire', attempt: 1, cancelled: false });
    const before = await read(stream);
    expect(before.map(({ type, version }) => [type, version])).toEqual([
      ...[['RunQueued', 1], ['RunStarted', 1], ['RunAbandoned', 1], ['RunQueued', 1]],
    ]); // prettier-ignore
    expect(before[1]?.data).toMatchObject({ bootState: { cpu: { generation: 'Haswell-EP' } } });
    const second = recorded.events.map((event) => ofRun(run, { ...event, data: { ...event.data, attempt: 2 } }));
    await append(stream, 4, second.slice(0, 1));
    await append(stream, 5, second.slice(1));
    await fleet.readModelHas(stream);
    expect((await fleet.ask<RunDetail>(`/v1/runs/${run.runId}`)).body).toMatchObject({
      state: 'completed',
      attempt: 2,
    });
  });

  it('gives an attempt up with the order as it knows orders', async () => {
    const { run } = await submit();
    const stream = runStream(run.runId);
    const [queued] = await read(stream);
    const known = ['runId', 'jobId', 'hostId', 'executor', 'probe', 'replicate', 'faults', 'warmup', 'timeoutMs', 'priority', 'seed']; // prettier-ignore
    const request = Object.fromEntries(known.map((field) => [field, queued?.data[field]]));
    await append(
      stream,
      1,
      recorded.events.slice(0, 1).map((event) => ofRun(run, event)),
    );
    const abandoned = { runId: run.runId, attempt: 1, reason: 'worker-stopped', final: false };
    await append(stream, 2, [
      { type: 'RunAbandoned', schemaVersion: 1, data: abandoned },
      { type: 'RunQueued', schemaVersion: 1, data: { ...request, attempt: 2 } },
    ]);
    expect((await read(stream)).at(-1)).toEqual({
      type: 'RunQueued',
      version: 1,
      data: { ...queued?.data, attempt: 2 },
    });
  });

  it('may not bring a boot state under another hash', async () => {
    const { run } = await submit();
    const [start] = recorded.events.map((event) => ofRun(run, event));
    if (start === undefined) throw new Error('nothing is recorded');
    const data = { ...start.data, bootStateHash: 'f'.repeat(64) };
    await expect(append(runStream(run.runId), 1, [{ ...start, data }])).rejects.toThrow('its boot state has the hash');
  });

  it('is refused when it is two behind or ahead, with both sides’ versions', async () => {
    for (const theirs of [oldestContractVersion - 1, contractVersion + 1]) {
      const { status, body } = await register(theirs);
      expect({ status, field: body.errors?.[0]?.field }).toEqual({ status: 409, field: 'contractVersion' });
      expect(body.errors?.[0]?.message).toBe(
        `the worker speaks contract version ${theirs}, this coordinator versions ${oldestContractVersion} and ${contractVersion}`,
      );
    }
  });
});
