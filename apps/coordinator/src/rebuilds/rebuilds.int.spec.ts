import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Problem, ProjectionList, ProjectionView } from '#contracts';
import { eventually } from '../../../../test/eventually.js';
import { type CoordinatorUnderTest, startCoordinator } from '../../../../test/coordinator/coordinator-under-test.js';
import { simulatedHost } from '../../../../test/fleet/hosts.js';

let fleet: CoordinatorUnderTest;
beforeAll(async () => {
  fleet = await startCoordinator();
  await fleet.register('w1', [simulatedHost('h1')]);
});
afterAll(() => fleet.stop());

const list = async () => (await fleet.ask<ProjectionList>('/v1/projections')).body.items;

async function untilLive(): Promise<ProjectionView[]> {
  return eventually('every projection is live', async () => {
    const items = await list();
    return items.every(({ state, lagEvents }) => state === 'live' && lagEvents === 0) && items;
  });
}

describe('the projections', () => {
  it('are listed with version, lag and state', async () => {
    expect(await untilLive()).toMatchObject([
      { name: 'operational', filledPercent: null, lagEvents: 0, lagSeconds: 0 },
      { name: 'daily_series' },
      { name: 'host_noise' },
      { name: 'run_annotations' },
      { name: 'findings' },
      { name: 'schedules' },
      { name: 'notification_routes' },
      { name: 'ended_runs' },
      { name: 'run_course' },
    ]);
    const metrics = await (await fleet.request('/metrics', { key: null })).text();
    expect(metrics).toContain('xf_projection_lag_events{projection="daily_series"} 0');
    expect(metrics).toContain('xf_projection_lag_seconds{projection="operational"} 0');
  });

  it('are rebuilt when that is asked for, with those that read them', async () => {
    const before = await untilLive();
    const asked = await fleet.ask<ProjectionView>('/v1/projections/operational/rebuild', { method: 'POST' });
    expect(asked).toMatchObject({ status: 202, body: { name: 'operational', state: 'filling' } });
    await eventually('every projection that reads it is swapped', async () =>
      (await untilLive()).every(
        ({ name, swaps }, at) =>
          ['run_annotations', 'findings', 'schedules', 'notification_routes'].includes(name) ||
          swaps > (before[at]?.swaps ?? 0),
      ),
    );
    expect((await fleet.ask('/v1/hosts/h1')).status).toBe(200);
  });

  it('are named to those who ask for another', async () => {
    const ask = (name: string) => fleet.ask<Problem>(`/v1/projections/${name}/rebuild`, { method: 'POST' });
    expect(await ask('hourly')).toMatchObject({
      status: 404,
      body: {
        remedy:
          'there are operational, daily_series, host_noise, run_annotations, findings, schedules, notification_routes, ended_runs, run_course',
      },
    });
    expect((await ask('No%20Name')).status).toBe(400);
  });
});
