import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { contractVersion, type WorkerRegistration } from '#contracts';
import { startFakeCoordinator, type FakeCoordinator } from '../testing/fake-coordinator.js';
import { createCoordinatorClient, RefusedByCoordinatorError } from './coordinator-client.js';
import { register } from './registration.js';

const never = new AbortController().signal;
const registration: WorkerRegistration = {
  contractVersion,
  instanceId: '00000000-0000-4000-8000-000000000001',
  sessionId: '00000000-0000-4000-8000-000000000002',
  replace: false,
  hosts: [],
};

describe('what the worker makes of the coordinator’s answers', () => {
  let fake: FakeCoordinator;
  const client = (url = fake.url): ReturnType<typeof createCoordinatorClient> =>
    createCoordinatorClient({ url, key: 'k', workerId: 'w1', requestLimitMs: 5_000 });
  const heartbeat = (): Promise<unknown> =>
    client().heartbeat(
      {
        contractVersion,
        instanceId: '00000000-0000-4000-8000-000000000001',
        sessionId: '00000000-0000-4000-8000-000000000002',
        hosts: ['h1'],
        attempts: [],
      },
      never,
    );

  beforeAll(async () => {
    fake = await startFakeCoordinator();
  });
  afterEach(() => {
    fake.answers = [];
  });
  afterAll(() => fake.close());

  it.each([
    { status: 401, says: 'WORKER_KEY is not a key of this coordinator' },
    { status: 403, says: 'has not the role worker' },
    { status: 404, says: 'COORDINATOR_URL does not lead to a coordinator' },
    { status: 409, says: 'of different releases' },
  ])('takes $status for good, with a remedy', async ({ status, says }) => {
    const body = {
      type: 'about:blank',
      title: 'Refused',
      status,
      detail: 'worker and coordinator of different releases',
    };
    fake.answers = [{ status, body }];
    const refused = heartbeat();
    await expect(refused).rejects.toBeInstanceOf(RefusedByCoordinatorError);
    await expect(refused).rejects.toThrow(says);
  });

  it.each([429, 500, 503])('takes %d for something that passes', async (status) => {
    fake.answers = [{ status, body: {} }];
    await expect(heartbeat()).rejects.not.toBeInstanceOf(RefusedByCoordinatorError);
  });

  it('refuses an answer that no coordinator would give', async () => {
    fake.answers = [{ status: 200, body: { hello: 'there' } }];
    await expect(heartbeat()).rejects.toThrow('answers like no coordinator of this release');
  });

  it('tries to register until it works, and no longer when it was refused', async () => {
    fake.answers = [
      { status: 503, body: {} },
      { status: 200, body: { heartbeatMs: 1, leaseMs: 2 } },
    ];
    const retries: number[] = [];
    const noted = (_error: Error, tries: number): void => void retries.push(tries);
    expect(await register(client(), registration, never, noted)).toEqual({ heartbeatMs: 1, leaseMs: 2 });
    fake.answers = [{ status: 401, body: {} }];
    await expect(register(client(), registration, never, noted)).rejects.toBeInstanceOf(RefusedByCoordinatorError);
    expect(retries).toEqual([1]);
  });

  it('stops trying when it is told to', async () => {
    const stop = new AbortController();
    const unreachable = register(client('http://127.0.0.1:9'), registration, stop.signal, (error) => stop.abort(error));
    await expect(unreachable).rejects.toThrow("http://127.0.0.1:9 can't be reached");
  });
});
