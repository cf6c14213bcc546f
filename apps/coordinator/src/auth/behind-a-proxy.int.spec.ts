// A balancer on the coordinator's own machine: all connections come from loopback.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CoordinatorUnderTest, startCoordinator } from '../../../../test/coordinator/coordinator-under-test.js';

let fleet: CoordinatorUnderTest;
/** The status of a request with this machine's own key, and of one to the metrics without a key. */
const statuses = async (headers: Record<string, string> = {}) => [
  (await fleet.request('/v1/keys', { headers })).status,
  (await fleet.request('/metrics', { headers, key: null })).status,
];

describe('without a word on proxies', () => {
  beforeAll(async () => {
    fleet = await startCoordinator({ RATE_LIMIT_PER_MINUTE: '20' });
  });
  afterAll(() => fleet.stop());

  it('is of this machine what comes from it, and not what a proxy forwards', async () => {
    expect(await statuses()).toEqual([200, 200]);
    for (const header of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip'])
      expect(await statuses({ [header]: '127.0.0.1' })).toEqual([401, 401]);
  });

  it('counts requests by the connection, whatever a client says that it is', async () => {
    const asked = Array.from({ length: 30 }, (_, index) =>
      fleet.request('/v1/keys', { headers: { 'x-forwarded-for': `198.51.100.${index}` } }),
    );
    expect((await Promise.all(asked)).map(({ status }) => status)).toContain(429);
  });
});

describe('where loopback is named as a proxy', () => {
  beforeAll(async () => {
    fleet = await startCoordinator({ RATE_LIMIT_PER_MINUTE: '20', XF_TRUSTED_PROXIES: '127.0.0.1,::1' });
  });
  afterAll(() => fleet.stop());

  it('is nothing of this machine, also where the proxy names nobody', async () => {
    expect(await statuses()).toEqual([401, 401]);
    expect(await statuses({ 'x-forwarded-for': '127.0.0.1' })).toEqual([401, 401]);
  });

  it('counts requests by whom it names', async () => {
    const asked = Array.from({ length: 30 }, (_, index) =>
      fleet.request('/v1/keys', { headers: { 'x-forwarded-for': `198.51.100.${index}` } }),
    );
    expect(new Set((await Promise.all(asked)).map(({ status }) => status))).toEqual(new Set([401]));
  });
});
