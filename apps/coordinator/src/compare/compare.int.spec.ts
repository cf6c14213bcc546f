import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type Comparison,
  comparisonSchema,
  type JobView,
  type Labels,
  matchesSelector,
  parseSelector,
} from '#contracts';
import { Prisma } from '#event-store';
import { type CoordinatorUnderTest, startCoordinator } from '../../../../test/coordinator/coordinator-under-test.js';
import { measureJob } from '../../../../test/coordinator/played-runs.js';
import { simulatedHost } from '../../../../test/fleet/hosts.js';
import { labelFilter } from '../selectors/label-filter.js';

describe('comparing', () => {
  let fleet: CoordinatorUnderTest;
  let job: JobView;
  const compare = (a: string, b: string, more = '') =>
    fleet.ask<Comparison>(`/v1/compare?a=${encodeURIComponent(a)}&b=${encodeURIComponent(b)}&metric=u2k${more}`);

  /** The played runs all carry the label host=h1, whichever host they were planned for. */
  const named = (generation: string) => `host=h1,generation=${generation}`;

  beforeAll(async () => {
    fleet = await startCoordinator();
    await fleet.register('w1', [simulatedHost('old'), simulatedHost('new')]);
    const spec = { selector: '*', runsPerHost: 6, faults: 20, warmup: 0 };
    job = (await fleet.ask<JobView>('/v1/jobs', { method: 'POST', json: spec })).body;
    await measureJob(
      fleet,
      job,
      (run) => (run.hostId === 'old' ? 800 : 400) + run.replicate,
      (run) => (run.hostId === 'old' ? 'Haswell-EP' : 'Zen3'),
    );
  });
  afterAll(() => fleet.stop());

  it('says which side is faster, with ratio and interval', async () => {
    const { status, body } = await compare(named('Haswell-EP'), named('Zen3'));
    expect(status).toBe(200);
    const comparison = comparisonSchema.parse(body);
    expect(comparison).toMatchObject({
      metric: 'u2k',
      verdict: 'faster',
      a: { runs: 6, hosts: ['old'], samples: 120, provenance: ['simulated'], medianCycles: 812 },
      b: { runs: 6, hosts: ['new'], medianCycles: 412 },
      warnings: [],
    });
    expect(comparison.ratio).toBeCloseTo(412 / 812, 3);
    expect(comparison.interval?.low).toBeLessThanOrEqual(comparison.ratio ?? 0);
    expect(comparison.a.runMedians).toHaveLength(6);
  });

  it('gives no verdict on kinds of which one host each was measured', async () => {
    const { body } = await compare('generation=Haswell-EP', 'generation=Zen3');
    expect(body).toMatchObject({ verdict: 'inconclusive', interval: null });
    expect(body.ratio).toBeCloseTo(412 / 812, 3);
    expect(body.reason).toMatch(/stands for 1 host, not for a kind of host/);
  });

  it('counts a job that was repeated with its seed once', async () => {
    const spec = { selector: '*', runsPerHost: 6, faults: 20, warmup: 0, seed: job.spec.seed };
    const again = (await fleet.ask<JobView>('/v1/jobs', { method: 'POST', json: spec })).body;
    await measureJob(fleet, again, () => 800);
    const { body } = await compare('*', 'generation=Zen3');
    expect(body.a).toMatchObject({ runs: 18, copies: 6 });
    expect(body.warnings).toContainEqual(expect.stringMatching(/^6 of 24 runs of "\*" were left out as copies/));
    // The repeated runs are there, and count where the first are not asked for.
    expect((await compare('*', '*', `&jobId=${again.jobId}`)).body.a).toMatchObject({ runs: 12, copies: 0 });
    await fleet.db.$executeRaw`DELETE FROM run_results WHERE job_id = ${again.jobId}::uuid`;
  });

  it('takes only the runs of the job that is named', async () => {
    expect((await compare('*', '*', '&jobId=7f3f2c1e-8e0d-4c3a-9a53-0d6a3f5b2c11')).status).toBe(404);
    expect((await compare('*', '*', `&jobId=${job.jobId}`)).body.a.runs).toBe(12);
  });

  it('does not compare simulated with measured figures', async () => {
    await fleet.db.$executeRaw`UPDATE run_results SET provenance = 'measured' WHERE host_id = 'new'`;
    const { body } = await compare('generation=Haswell-EP', 'generation=Zen3');
    expect(body).toMatchObject({
      verdict: 'inconclusive',
      ratio: null,
      interval: null,
      reason: 'measured and simulated figures are not compared with each other',
    });
  });

  it('matches labels in SQL exactly as selectors do', async () => {
    const name = fc.constantFrom('a', 'b', 'c/d', 'e.f');
    const value = fc.constantFrom('1', '2', 'x:y', '6.1');
    const values = fc.uniqueArray(value, { minLength: 1, maxLength: 3 });
    const term = fc.oneof(
      fc.tuple(name, value).map(([k, v]) => `${k}=${v}`),
      fc.tuple(name, value).map(([k, v]) => `${k}!=${v}`),
      fc.tuple(name, values).map(([k, v]) => `${k} in (${v.join(',')})`),
      fc.tuple(name, values).map(([k, v]) => `${k} notin (${v.join(',')})`),
      name,
      name.map((k) => `!${k}`),
    );
    const selectors = fc.oneof(
      fc.constant('*'),
      fc.array(term, { minLength: 1, maxLength: 4 }).map((terms) => terms.join(', ')),
    );
    const labels: fc.Arbitrary<Labels> = fc.dictionary(name, value);
    await fc.assert(
      fc.asyncProperty(selectors, labels, async (text, given) => {
        const selector = parseSelector(text);
        const [row] = await fleet.db.$queryRaw<{ matches: boolean }[]>`
          SELECT ${labelFilter(selector, Prisma.sql`labels`)} AS matches FROM (SELECT ${JSON.stringify(given)}::jsonb AS labels) AS t`;
        expect(row?.matches).toBe(matchesSelector(selector, given));
      }),
      { numRuns: 200 },
    );
  });
});
