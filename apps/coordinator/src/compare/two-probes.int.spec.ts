import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Comparison, HostView, JobResults, JobView } from '#contracts';
import { type CoordinatorUnderTest, startCoordinator } from '../../../../test/coordinator/coordinator-under-test.js';
import { eventually } from '../../../../test/eventually.js';
import { measureJob } from '../../../../test/coordinator/played-runs.js';
import { simulatedHost } from '../../../../test/fleet/hosts.js';

/** A host whose runs of pf_rt carry u2k as well: what a second probe with that metric would store. */
function twoProbes(hostId: string, generation: string) {
  const host = simulatedHost(hostId, generation);
  return {
    ...host,
    capabilities: host.capabilities.map((one) => ({ ...one, probes: ['pf' as const, 'pf_rt' as const] })),
  };
}

describe('two probes with a metric of one name', () => {
  let fleet: CoordinatorUnderTest;
  let job: JobView;
  const runsPerHost = 3;

  beforeAll(async () => {
    fleet = await startCoordinator();
    await fleet.register('w1', [twoProbes('old', 'Haswell-EP'), twoProbes('new', 'Zen3')]);
    const spec = { selector: '*', probes: ['pf', 'pf_rt'], runsPerHost, faults: 20, warmup: 0 };
    job = (await fleet.ask<JobView>('/v1/jobs', { method: 'POST', json: spec })).body;
    await measureJob(
      fleet,
      job,
      ({ probe, replicate }) => (probe === 'pf' ? 400 : 9_000) + replicate,
      ({ hostId }) => (hostId === 'old' ? 'Haswell-EP' : 'Zen3'),
    );
  });
  afterAll(() => fleet.stop());

  it('are compared apart', async () => {
    const { body } = await fleet.ask<Comparison>(
      '/v1/compare?a=generation%3DHaswell-EP&b=generation%3DZen3&metric=u2k',
    );
    expect(body).toMatchObject({ probe: 'pf', metric: 'u2k', a: { runs: runsPerHost }, b: { runs: runsPerHost } });
    expect(body.a.medianCycles).toBeLessThan(500);
  });

  it('stand in lines of their own', async () => {
    const { body } = await fleet.ask<JobResults>(`/v1/jobs/${job.jobId}/results`);
    const lines = body.rows.filter(({ hostId, metric }) => hostId === 'old' && metric === 'u2k');
    expect(lines.map(({ probe, runs }) => [probe, runs])).toEqual([
      ['pf', runsPerHost],
      ['pf_rt', runsPerHost],
    ]);
  });

  it('have days of their own', async () => {
    // Roll-ups follow at a distance.
    await eventually('the days of both probes', async () => {
      const days = await fleet.db.dailySeries.findMany({ where: { metric: 'u2k', hostId: { not: 'old' } } });
      const runs = (probe: string) => days.reduce((sum, day) => sum + (day.probe === probe ? day.runs : 0), 0);
      return runs('pf') === runsPerHost && runs('pf_rt') === runsPerHost;
    });
  });

  it('have noise floors of their own, ungraded below 5 runs', async () => {
    const floors = await eventually('the floors of all runs', async () => {
      const { body } = await fleet.ask<HostView>('/v1/hosts/old');
      const ofMetric = body.noiseFloors.filter(({ metric }) => metric === 'u2k');
      return ofMetric.length === 2 && ofMetric.every(({ runs }) => runs === runsPerHost) && ofMetric;
    });
    expect(floors).toMatchObject([
      { probe: 'pf', runs: runsPerHost, boots: 1, bootSd: null, daySd: null, grade: null },
      { probe: 'pf_rt', runs: runsPerHost, grade: null },
    ]);
    expect(floors[0]?.floor).toBeGreaterThan(0);
    expect(floors[0]?.floor).toBe(floors[0]?.runSd);
    // The medians are 410, 411 and 412.
    expect(floors[0]?.runSd).toBeCloseTo(1 / 411, 4);
    const { body: results } = await fleet.ask<JobResults>(`/v1/jobs/${job.jobId}/results`);
    expect(
      results.rows.find(({ hostId, probe, metric }) => hostId === 'old' && probe === 'pf' && metric === 'u2k'),
    ).toMatchObject({
      noiseFloor: { floor: floors[0]?.floor, grade: null },
    });
  });

  it('are refused where the probe has no such metric, with those that it has', async () => {
    const { status, body } = await fleet.ask(
      '/v1/compare?a=generation%3DHaswell-EP&b=generation%3DZen3&metric=u2k&probe=syscall_rt',
    );
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain('probe syscall_rt has no metric u2k; it has syscall_rt');
  });

  it.each([
    ['/v1/compare?a=*&b=*&metric=u2', 'there is no metric \\"u2\\"; there are u2k, k2u,'],
    ['/v1/compare?a=*&b=*&metric=u2k&probe=page', 'there is no probe \\"page\\"; there are pf, pf_rt,'],
  ])('%s is refused with the names that there are', async (path, says) => {
    const { status, body } = await fleet.ask(path);
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain(says);
  });
});
