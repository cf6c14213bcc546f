import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type FleetView, fleetViewSchema, type HostView, type JobView, type Page } from '#contracts';
import { type CoordinatorUnderTest, startCoordinator } from '../../../../test/coordinator/coordinator-under-test.js';
import { measureJob } from '../../../../test/coordinator/played-runs.js';
import { eventually } from '../../../../test/eventually.js';
import { simulatedHost } from '../../../../test/fleet/hosts.js';
import { untilFollowed } from '../../../../test/fleet/read-model.js';

let fleet: CoordinatorUnderTest;
beforeAll(async () => {
  fleet = await startCoordinator();
});
afterAll(() => fleet.stop());

const read = async () => fleetViewSchema.parse((await fleet.ask<FleetView>('/v1/fleet')).body);

it('is empty before there is a host', async () => {
  expect(await read()).toMatchObject({ hosts: 0, silent: 0, generations: [], silentHosts: [], unmeasuredHosts: [] });
});

it('counts hosts that are silent, that scatter and that were not measured lately, and names them', async () => {
  await fleet.register('w1', [simulatedHost('a'), simulatedHost('b')]);
  await fleet.register('w2', [simulatedHost('c')]);
  const spec = { hosts: ['a', 'b'], runsPerHost: 8, faults: 20, warmup: 0 };
  const job = (await fleet.ask<JobView>('/v1/jobs', { method: 'POST', json: spec })).body;
  // The runs of b scatter by a tenth and more.
  await measureJob(fleet, job, ({ hostId, replicate }) => 300 + (hostId === 'b' ? 40 * (replicate % 4) : 0));
  await untilFollowed(fleet.db);
  await fleet.db.$executeRaw`UPDATE worker_presence SET seen_at = now() - interval '1 hour' WHERE worker_id = 'w2'`;
  await fleet.db.$executeRaw`UPDATE worker_sessions SET seen_at = now() - interval '1 hour' WHERE worker_id = 'w2'`;
  await fleet.db.$executeRaw`UPDATE worker_presence SET seen_at = now() + interval '1 minute' WHERE worker_id = 'w1'`;

  // An answer may be two seconds old.
  await eventually('the change shows', async () => (await read()).silent === 1);
  const view = await read();
  const counts = { hosts: 3, online: 2, silent: 1, never: 0, noisy: 1, measured: 2 };
  expect(view).toMatchObject({ ...counts, generations: [counts] });
  expect(view.silentHosts).toEqual([{ hostId: 'c', workerId: 'w2', seenAt: expect.any(String) }]);
  expect(view.noisyHosts.map(({ hostId }) => hostId)).toEqual(['b']);
  expect(view.unmeasuredHosts).toEqual([{ hostId: 'c', lastDay: null }]);
  // The listing says the same of each.
  const listed = async (query: string) =>
    (await fleet.ask<Page<HostView>>(`/v1/hosts?${query}`)).body.items.map(({ hostId, state }) => [hostId, state]);
  expect(await listed('state=silent')).toEqual([['c', 'silent']]);
  expect(await listed('state=online&limit=1')).toEqual([['a', 'online']]);
  expect(await listed('state=never')).toEqual([]);
  expect((await fleet.ask<HostView>('/v1/hosts/c')).body.state).toBe('silent');
});
