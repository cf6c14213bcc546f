// What becomes of workers that live on while their fleet's database is restored, or is another for a while.
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { eventually } from '../../../test/eventually.js';
import { FleetAroundWorker } from './testing/fleet-around-worker.js';
import { WorkerProcess, workerEnvironment } from './testing/worker-process.js';

jest.setTimeout(60_000);

let fleet: FleetAroundWorker;
let worker: WorkerProcess | undefined;
beforeAll(async () => {
  fleet = await FleetAroundWorker.start();
});
afterEach(async () => {
  await worker?.destroy();
  fleet.coordinator.answers = [];
});
afterAll(() => fleet.close());

const start = (hostId: string): WorkerProcess =>
  (worker = WorkerProcess.start(workerEnvironment(fleet, [{ hostId, executors: ['simulator'], machine: 'zen3' }])));
const queueRun = (hostId: string) => fleet.queueRun({ hostId, executor: 'simulator', probe: 'pf', faults: 100 });
const refusal = (type: string) => ({
  status: 401,
  body: { type, title: 'A valid API key is needed', status: 401, detail: 'it is not' },
});

describe('a worker', () => {
  it('stores its boot state again where a restore has lost it', async () => {
    start('restored');
    expect((await fleet.ended(await queueRun('restored'))).at(-1)?.type).toBe('RunCompleted');
    const owner = new pg.Client({ connectionString: fleet.database.adminUrl });
    await owner.connect();
    await owner.query(`SET session_replication_role = replica; DELETE FROM events WHERE stream LIKE 'boot-state-%'`);
    await owner.end();
    const run = await queueRun('restored');
    await eventually('the start is refused', () => worker?.stdout.includes('no boot state with the hash'));
    await eventually('the run ends once its ticket is put back, as the reconciler does', async () => {
      await fleet.put(run);
      return (await fleet.events(run)).at(-1)?.type === 'RunCompleted';
    });
  });

  it('takes no runs while its coordinator has another database than it has, and says so', async () => {
    const { onRegister } = fleet.coordinator;
    fleet.coordinator.onRegister = () => Promise.resolve();
    start('swapped');
    const run = await queueRun('swapped');
    await eventually('it says so', () => worker?.stdout.includes('the coordinator has another database'));
    expect((await fleet.events(run)).map(({ type }) => type)).toEqual(['RunQueued']);
    fleet.coordinator.onRegister = onRegister;
    expect((await fleet.ended(run)).at(-1)?.type).toBe('RunCompleted');
  });

  it('goes on while its key is not known for a while, and ends when it was revoked', async () => {
    const { exited } = start('unknown');
    await fleet.coordinator.heard(({ hosts }) => hosts.includes('unknown'));
    fleet.coordinator.answers = [refusal('urn:xperf-fleet:problem:unauthorized')];
    await eventually('it complains', () => worker?.stdout.includes('heartbeats do not get through'));
    await eventually('it goes on', () => worker?.stdout.includes('heartbeats get through again'));
    fleet.coordinator.answers = [refusal('urn:xperf-fleet:problem:key-revoked')];
    expect((await exited).code).toBe(78);
  });
});
