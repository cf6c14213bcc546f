import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../../test/eventually.js';
import { type CoordinatorUnderTest, startCoordinator } from '../../../../test/coordinator/coordinator-under-test.js';

const projections = [
  { name: 'operational' },
  { name: 'daily_series' },
  { name: 'host_noise' },
  { name: 'run_annotations' },
  { name: 'findings' },
  { name: 'schedules' },
  { name: 'notification_routes' },
  { name: 'ended_runs' },
  { name: 'run_course' },
];

describe('health', () => {
  let fleet: CoordinatorUnderTest;
  beforeAll(async () => {
    fleet = await startCoordinator();
  });
  afterAll(() => fleet.stop());

  it('is live without a key', async () => {
    expect(await fleet.ask('/health/live', { key: null })).toMatchObject({ status: 200, body: { status: 'up' } });
  });

  it('is ready, with the status of each dependency', async () => {
    // A busy machine's first look may take longer than a check waits.
    await eventually('it is ready', async () => (await fleet.ask('/health/ready', { key: null })).status === 200);
    expect(await fleet.ask('/health/ready', { key: null })).toMatchObject({
      status: 200,
      body: {
        status: 'up',
        checks: {
          postgres: { status: 'up' },
          queue: { status: 'up' },
          projection: {
            status: 'up',
            lagEvents: 0,
            projections: projections.map(({ name }) => ({ name, lagEvents: 0 })),
          },
        },
      },
    });
  }, 60_000);
});
