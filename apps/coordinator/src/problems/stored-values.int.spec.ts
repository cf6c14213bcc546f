import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contractVersion, type HostDescription, type HostView, limits, type Problem } from '#contracts';
import { type CoordinatorUnderTest, startCoordinator } from '../../../../test/coordinator/coordinator-under-test.js';
import { simulatedHost } from '../../../../test/fleet/hosts.js';

const runId = '7f3f2c1e-8e0d-4c3a-9a53-0d6a3f5b2c11';
const host = simulatedHost('h1');
const cursorOf = (...place: unknown[]): string => Buffer.from(JSON.stringify(place)).toString('base64url');
const labels = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`label-${i}`, 'x']));

describe('what PostgreSQL can’t hold', () => {
  let fleet: CoordinatorUnderTest;
  beforeAll(async () => {
    fleet = await startCoordinator();
    await fleet.register('w0', [simulatedHost('h0')]);
  });
  afterAll(() => fleet.stop());

  const register = (description: Partial<HostDescription>) => ({
    contractVersion,
    hosts: [{ ...host, ...description }],
  });
  const beat = (attempt: number) => ({ contractVersion, hosts: ['h1'], attempts: [{ runId, attempt }] });

  it.each<[string, string, string, unknown, string]>([
    ['U+0000 in a job’s name', 'POST', '/v1/jobs', { hosts: ['h0'], name: 'a\0b' }, 'name'],
    ['half a pair in a job’s name', 'POST', '/v1/jobs', { hosts: ['h0'], name: '\ud800' }, 'name'],
    ['U+0000 in a key’s name', 'POST', '/v1/keys', { name: '\0', role: 'read' }, 'name'],
    ['U+0000 in a reason', 'POST', `/v1/jobs/${runId}/cancel`, { reason: '\0' }, 'reason'],
    [
      'half a pair in a boot state',
      'PUT',
      '/v1/workers/w1',
      register({ bootState: { ...host.bootState, extra: { fact: '\udfff' } } }),
      'hosts[0].bootState.extra.fact',
    ],
    [
      'U+0000 in the name of a fact',
      'PUT',
      '/v1/workers/w1',
      register({ bootState: { ...host.bootState, mitigations: { 'a\0': 'b' } } }),
      'hosts[0].bootState.mitigations.a\0',
    ],
    [
      'a generation longer than an index holds',
      'PUT',
      '/v1/workers/w1',
      register({ bootState: { ...host.bootState, cpu: { ...host.bootState.cpu, generation: 'x'.repeat(3_000) } } }),
      'hosts[0].bootState.cpu.generation',
    ],
    ['an attempt of 2³¹', 'POST', '/v1/workers/w1/heartbeat', beat(2 ** 31), 'attempts[0].attempt'],
    [
      'a cursor of 2⁵³ − 1',
      'GET',
      `/v1/runs?jobId=${runId}&cursor=${cursorOf('runs-of-job', 2 ** 53 - 1)}`,
      undefined,
      'cursor',
    ],
    [
      'a cursor of 2³¹',
      'GET',
      `/v1/runs?jobId=${runId}&cursor=${cursorOf('runs-of-job', 2 ** 31)}`,
      undefined,
      'cursor',
    ],
    ['a place in the feed with a leading zero', 'GET', '/v1/events?after=0805979276:1', undefined, 'after'],
    ['U+0000 in a stream', 'GET', '/v1/events?stream=run-%00', undefined, 'stream'],
    [
      'too many labels',
      'PUT',
      '/v1/workers/w1',
      register({ labels: labels(limits.labelsPerHost + 1) }),
      'hosts[0].labels',
    ],
  ])('is refused with its field: %s', async (_, method, path, json, field) => {
    const { status, body } = await fleet.ask<Problem>(path, { method, ...(json === undefined ? {} : { json }) });
    expect(status).toBe(400);
    expect(body.errors?.map((error) => error.field)).toContain(field);
  });

  it('takes as many labels as the limit says, and the derived ones besides', async () => {
    await fleet.register('w1', [{ ...host, labels: labels(limits.labelsPerHost) }]);
    const { status, body } = await fleet.ask<HostView>('/v1/hosts/h1');
    expect(status).toBe(200);
    expect(Object.keys(body.labels).length).toBeGreaterThan(limits.labelsPerHost);
    const listed = await fleet.ask<{ items: HostView[] }>('/v1/hosts');
    expect(listed.body.items.map(({ hostId }) => hostId)).toEqual(['h0', 'h1']);
    expect((await fleet.ask('/v1/jobs', { method: 'POST', json: { hosts: ['h1'] } })).status).toBe(201);
  });
});
