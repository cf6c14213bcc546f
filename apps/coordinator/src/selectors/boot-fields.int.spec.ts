import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Comparison,
  type GroupedResults,
  groupedResultsQuerySchema,
  type HostView,
  type JobView,
  type Page,
  type Problem,
  type RunView,
} from '#contracts';
import { type CoordinatorUnderTest, startCoordinator } from '../../../../test/coordinator/coordinator-under-test.js';
import { markOf } from '../noise-floors/noise-floors.js';
import { groupedResults } from '../results/grouped-results.js';
import { measureJob } from '../../../../test/coordinator/played-runs.js';
import { bootStateOf, simulatedHost } from '../../../../test/fleet/hosts.js';
import { untilFollowed } from '../../../../test/fleet/read-model.js';

const mds = 'Mitigation: Clear CPU buffers; SMT vulnerable';

/** Two hosts that differ in facts of their boot, one of which has a label by a fact's name. */
const hosts = [
  {
    ...simulatedHost('plain'),
    bootState: { ...bootStateOf('Haswell-EP'), smt: 'off' as const, turbo: false, tscKhz: 2_299_998.2 },
    labels: { governor: 'office' },
  },
  {
    ...simulatedHost('mitigated'),
    bootState: {
      ...bootStateOf('Haswell-EP'),
      microcode: '0x4a',
      turbo: true,
      mitigations: { mds },
      governor: 'performance',
    },
  },
];

describe('selectors over facts of the boot state', () => {
  let fleet: CoordinatorUnderTest;
  beforeAll(async () => {
    fleet = await startCoordinator();
    await fleet.register('w1', hosts);
  });
  afterAll(() => fleet.stop());

  const ask = <T>(selector: string) => fleet.ask<T>(`/v1/hosts?selector=${encodeURIComponent(selector)}`);

  it.each([
    ['microcode=0x4a', ['mitigated']],
    ['microcode!=0x4a', ['plain']],
    ['smt=off', ['plain']],
    ['turbo=on', ['mitigated']],
    ['turbo in (on,off),smt=on', ['mitigated']],
    ['governor', ['mitigated']],
    ['!governor', ['plain']],
    ['label.governor=office', ['plain']],
    ['tsc-khz=2300000', ['mitigated', 'plain']],
    [`mitigation.mds="${mds}"`, ['mitigated']],
    ['mitigation.mds=Mitigation:-Clear-CPU-buffers-SMT-vulnerable', ['mitigated']],
    ['!mitigation.mds,generation=Haswell-EP', ['plain']],
    ['cpus=2,host=plain', ['plain']],
  ])('%s finds %j, and plans a job there', async (selector, expected) => {
    const { status, body } = await ask<Page<HostView>>(selector);
    expect({ status, found: body.items.map(({ hostId }) => hostId) }).toEqual({ status: 200, found: expected });
    const job = await fleet.ask<JobView>('/v1/jobs', {
      method: 'POST',
      json: { selector, runsPerHost: 1, faults: 20 },
    });
    expect({ status: job.status, runs: job.body.runs?.total }).toEqual({ status: 201, runs: expected.length });
  });

  it.each([
    ['microcode=0x4b', 'no host or run has microcode=0x4b', '0x4a'],
    ['mitigation.mdz', 'mitigation.mdz', 'mitigation.mds'],
    ['turbo=of', 'no host or run has turbo=of', 'off'],
    ['governer=performance', 'governer', 'governor'],
    ['governor=office', 'no host or run has governor=office', 'the label of this name is label.governor'],
  ])('%s is refused with the nearest there is', async (selector, message, near) => {
    const { status, body } = await ask<Problem>(selector);
    expect(status).toBe(422);
    expect(body.errors?.[0]?.message).toContain(message);
    expect(body.errors?.[0]?.remedy).toContain(near);
  });

  it('compare runs by the boot state that each run had, whatever the host is now', async () => {
    const { body: job } = await fleet.ask<JobView>('/v1/jobs', {
      method: 'POST',
      json: { hosts: ['plain'], runsPerHost: 1, faults: 20, warmup: 0 },
    });
    await measureJob(fleet, job);
    // The runs were played in the boot state of bootStateOf: microcode 0x49, SMT on; their host has SMT off.
    const query = new URLSearchParams({ a: 'microcode=0x49,smt=on', b: 'smt=off', metric: 'u2k', jobId: job.jobId });
    const { status, body } = await fleet.ask<Comparison>(`/v1/compare?${query.toString()}`);
    expect({ status, a: body.a?.runs, b: body.b?.runs }).toEqual({ status: 200, a: 1, b: 0 });
    const runs = (selector: string) => fleet.ask<Page<RunView>>(`/v1/runs?selector=${encodeURIComponent(selector)}`);
    expect((await runs('microcode=0x49,smt=on')).body.items.map(({ jobId }) => jobId)).toContain(job.jobId);
    expect((await runs('smt=off')).body.items).toEqual([]);
    expect((await runs('smt=of')).status).toBe(422);
  });

  describe('rows grouped by facts of the boot state', () => {
    const group = (query: string) => fleet.ask<GroupedResults & Problem>(`/v1/results?${query}`);
    /** Medians of `plain` are 309.5, 310.5 …, of `mitigated` 509.5, 510.5 …. */
    async function measured(hostId: string, runsPerHost: number, seed = 1): Promise<void> {
      const job = await fleet.ask<JobView>('/v1/jobs', {
        method: 'POST',
        json: { hosts: [hostId], runsPerHost, faults: 20, warmup: 0, seed },
      });
      await measureJob(fleet, job.body, ({ replicate }) => (hostId === 'plain' ? 300 : 500) + replicate);
    }

    it('weigh hosts alike, and never pool metrics', async () => {
      const since = new Date().toISOString();
      await measured('plain', 9);
      await measured('mitigated', 1);
      const { status, body } = await group(`by=microcode,label.governor&since=${since}`);
      expect({ status, by: body.by }).toEqual({ status: 200, by: ['microcode', 'label.governor'] });
      const common = { by: { microcode: '0x49', 'label.governor': null }, probe: 'pf', executor: 'simulator' };
      expect(body.rows).toMatchObject([
        { ...common, metric: 'k2u', hosts: 2, runs: 10, copies: 0 },
        { ...common, metric: 'u2k', hosts: 2, runs: 10, copies: 0, samples: 200, provenance: 'simulated', kpti: 'off' },
      ]);
      // Of the hosts' medians, 313.5 and 509.5.
      expect(body.rows[1]).toMatchObject({ q1Cycles: 362.5, p50Cycles: 411.5, q3Cycles: 460.5 });
      expect(body.rows[1]?.p50Ns).toBeCloseTo(411.5 / 2.3, 6);
      expect((await group(`by=microcode&until=${since}&selector=kpti%3Don`)).body.rows).toEqual([]);
    });

    it('count the hosts above the noise limit, as everything else flags them', async () => {
      const series = { hostId: 'plain', executor: 'simulator', probe: 'pf', metric: 'u2k', provenance: 'simulated' };
      // Else the projection may put its own row in the place of these.
      await untilFollowed(fleet.db);
      const spreads = { withinRunSd: 0.05, bootSd: 0.025, bootDegrees: 2, daySd: null, dayDegrees: 0 };
      const noisyAt = async (runDegrees: number, runSd: number) => {
        const data = { ...series, ...spreads, runs: 9, boots: 3, days: 1, runSd, runDegrees };
        const key = { hostId_executor_probe_metric_provenance: series };
        await fleet.db.hostNoise.upsert({ where: key, create: data, update: data });
        const { body } = await group('by=host&metric=u2k&selector=host%3Dplain');
        return { noisy: body.rows.map(({ noisyHosts }) => noisyHosts), grade: markOf(data).grade };
      };
      expect(await noisyAt(2, 0.02)).toEqual({ noisy: [1], grade: 'D' });
      expect(await noisyAt(1, 0.02)).toEqual({ noisy: [0], grade: null });
      expect(await noisyAt(2, 0.016)).toEqual({ noisy: [0], grade: 'C' });
      const { body } = await fleet.ask<Page<RunView>>('/v1/runs?hostId=plain&state=completed&limit=1');
      const marks = body.items[0]?.results.map(({ metric, noiseFloor }) => [metric, noiseFloor?.grade]);
      expect(marks).toContainEqual(['u2k', 'C']);
    });

    it('count copies of a simulated run once', async () => {
      await measured('plain', 3, 8);
      await measured('plain', 3, 8);
      const { body } = await group('by=cpuid&metric=u2k&selector=smt%3Don');
      expect(body.rows[0]).toMatchObject({ by: { cpuid: '6-63-2' }, copies: 3 });
    });

    it('are refused where more results match than are grouped at once', async () => {
      const query = groupedResultsQuerySchema.parse({ by: 'microcode' });
      await expect(groupedResults(fleet.db, query, 3)).rejects.toThrow('more than 3 results match');
    });

    it('are refused by a name that nothing has, with the nearest there is', async () => {
      const { status, body } = await group('by=generation,micrcode');
      expect({ status, errors: body.errors }).toEqual({
        status: 422,
        errors: [
          {
            field: 'by',
            message: 'no host or run has a label "micrcode"',
            remedy: expect.stringMatching(/^did you mean microcode\?/),
          },
        ],
      });
      expect((await group('by=')).status).toBe(400);
      expect((await group('metric=u2k')).body.errors?.[0]?.field).toBe('by');
    });
  });
});
