import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type Comparison,
  type ComparisonCells,
  comparisonCellsSchema,
  comparisonSchema,
  type JobView,
  type Labels,
  type Problem,
  matchesSelector,
  parseSelector,
} from '#contracts';
import { Prisma } from '#event-store';
import { type CoordinatorUnderTest, startCoordinator } from '../../../../test/coordinator/coordinator-under-test.js';
import { measureJob } from '../../../../test/coordinator/played-runs.js';
import { eventually } from '../../../../test/eventually.js';
import { simulatedHost } from '../../../../test/fleet/hosts.js';
import { untilRolledUp } from '../../../../test/fleet/read-model.js';
import { labelFilter } from '../selectors/label-filter.js';

describe('comparing', () => {
  let fleet: CoordinatorUnderTest;
  let job: JobView;
  const compare = (a: string, b: string, more = '') =>
    fleet.ask<Comparison>(`/v1/compare?a=${encodeURIComponent(a)}&b=${encodeURIComponent(b)}&metric=u2k${more}`);

  const named = (generation: 'Haswell-EP' | 'Zen3') =>
    `host=${generation === 'Zen3' ? 'new' : 'old'},generation=${generation}`;

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

  it('writes the answer as a page that runs nothing and loads nothing', async () => {
    const { body } = await compare(named('Haswell-EP'), named('Zen3'));
    const query = new URLSearchParams({ a: named('Haswell-EP'), b: named('Zen3'), metric: 'u2k' });
    const reply = await fleet.request(`/v1/compare/report?${query}`);
    expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(reply.headers.get('content-disposition')).toContain('attachment');
    const html = await reply.text();
    const text = html.replaceAll(/<[^>]*>/g, '');
    expect(text).toContain('B is faster than A');
    expect(text).toContain(body.reason);
    expect(html).toContain('<svg');
    expect(text).toContain('xf compare host=old,generation=Haswell-EP');
    for (const { runId } of [...body.a.runMedians, ...body.b.runMedians]) expect(html).toContain(`#/runs/${runId}`);
    expect(html).not.toMatch(/<script|<link|<img|<iframe|src=|url\((?!#)| on[a-z]+=/i);
  });

  it('writes cells as a page, each with its own answer', async () => {
    const query = new URLSearchParams({ a: 'host=old', b: 'host=new', metric: 'u2k', by: 'kpti' });
    const html = await (await fleet.request(`/v1/compare/report?${query}`)).text();
    expect(html).toContain('aria-label="kpti=');
    expect((await fleet.request(`/v1/compare/report?${query}&b=host=nowhere`)).status).toBe(400);
  });

  it('takes a control by a selector of its own, and says what is wrong with it', async () => {
    const { body } = await compare(named('Haswell-EP'), named('Zen3'), '&control=*');
    expect(body).toMatchObject({ verdict: 'inconclusive', interval: null, control: { selector: '*' } });
    const unknown = await compare(named('Haswell-EP'), named('Zen3'), '&control=role%3Dcontrol');
    expect(unknown.status).toBe(422);
    expect(JSON.stringify(unknown.body)).toContain('"field":"control"');
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

  describe('one job against another', () => {
    let later: JobView;
    let between: string;
    const ask = (query: Record<string, string>, cells = '') =>
      fleet.ask<Comparison & ComparisonCells & Problem>(
        `/v1/compare${cells}?${new URLSearchParams({ metric: 'u2k', ...query })}`,
      );

    beforeAll(async () => {
      between = new Date().toISOString();
      const spec = { selector: '*', runsPerHost: 6, faults: 20, warmup: 0 };
      later = (await fleet.ask<JobView>('/v1/jobs', { method: 'POST', json: spec })).body;
      await measureJob(
        fleet,
        later,
        (run) => (run.hostId === 'old' ? 900 : 400) + run.replicate,
        (run) => (run.hostId === 'old' ? 'Haswell-EP' : 'Zen3'),
      );
      // What is known of a host's noise belongs to an answer.
      await untilRolledUp(fleet.db);
    });
    afterAll(() => fleet.db.$executeRaw`DELETE FROM run_results WHERE job_id = ${later.jobId}::uuid`);

    it('pairs the hosts that both have, and before against after is the same question', async () => {
      const { body } = await ask({ a: `job=${job.jobId}`, b: `job=${later.jobId}` });
      expect(comparisonSchema.parse(body)).toMatchObject({
        refusals: [],
        verdict: 'slower',
        differences: [],
        mixtures: [],
      });
      expect(body.scope).toMatch(/^speaks for these 2 hosts, each compared with itself/);
      expect(body.effects.ns?.difference).toBeGreaterThan(0);
      const split = (await ask({ a: '*', before: between })).body;
      expect(split.a.selector).toBe(`until=${between}`);
      expect(split.b.selector).toBe(`since=${between}`);
      expect({ ratio: split.ratio, interval: split.interval }).toEqual({ ratio: body.ratio, interval: body.interval });
    });

    it('is asked again by the link and the command that the answer has', async () => {
      const asked = { a: `job=${job.jobId},since=90d`, b: `job=${later.jobId}`, margin: '0.02', allow: 'microcode' };
      const { body } = await ask(asked);
      const query = body.repeat.path.replace(/^\/#\/compare\?/, '');
      const again = (await fleet.ask<Comparison>(`/v1/compare?${query}`)).body;
      expect(again).toEqual({
        ...body,
        a: { ...body.a, selector: expect.stringMatching(/,since=.*,until=/) },
        b: { ...body.b, selector: expect.stringMatching(/,until=/) },
      });
      // Once more it is the same to the letter.
      expect((await fleet.ask<Comparison>(`/v1/compare?${again.repeat.path.split('?')[1] ?? ''}`)).body).toEqual(again);
      expect(body.repeat.command).toMatch(
        /^xf compare job=.* --probe pf --metric u2k --margin 0.02 --allow microcode$/,
      );
    });

    it('has a cell for each value that both have', async () => {
      const { body } = await ask({ a: `job=${job.jobId}`, b: `job=${later.jobId}`, by: 'generation' }, '/cells');
      const { cells, unmatched } = comparisonCellsSchema.parse(body);
      expect(cells.map(({ values, verdict }) => [values['generation'], verdict])).toEqual([
        ['Haswell-EP', 'slower'],
        ['Zen3', 'equal'],
      ]);
      expect(unmatched).toEqual([]);
      const [cell] = cells;
      const query = cell?.comparison.repeat.path.replace(/^\/#\/compare\?/, '') ?? '';
      const alone = (await fleet.ask<Comparison>(`/v1/compare?${query}`)).body;
      expect({ ratio: alone.ratio, interval: alone.interval, runs: alone.a.runs }).toEqual({
        ratio: cell?.comparison.ratio,
        interval: cell?.comparison.interval,
        runs: cell?.comparison.a.runs,
      });
    });

    it('has a cell for each value of a label, and for each job', async () => {
      await fleet.db.$executeRaw`
        UPDATE runs SET labels = labels || jsonb_build_object('rack', 'of-' || host_id) WHERE job_id = ANY(${[job.jobId, later.jobId]}::uuid[])`;
      await fleet.db.$executeRaw`INSERT INTO label_values (key, value) VALUES ('rack', 'of-old'), ('rack', 'of-new')`;
      const valuesBy = async (question: Record<string, string>, field: string) => {
        const { body } = await ask({ ...question, by: field }, '/cells');
        return comparisonCellsSchema.parse(body).cells.map(({ values, comparison }) => {
          return [values[field], comparison.a.runs, comparison.b.runs];
        });
      };
      const jobs = { a: `job=${job.jobId}`, b: `job=${later.jobId}` };
      expect(await valuesBy(jobs, 'rack')).toEqual([
        ['of-new', 6, 6],
        ['of-old', 6, 6],
      ]);
      const both = `job in (${job.jobId},${later.jobId})`;
      const hosts = { a: `host=old,${both}`, b: `host=new,${both}` };
      expect(await valuesBy(hosts, 'job')).toEqual([job.jobId, later.jobId].sort().map((id) => [id, 6, 6]));
      const unknown = await ask({ ...jobs, by: 'rakc' }, '/cells');
      expect(JSON.stringify(unknown)).toContain('did you mean rack?');
    });

    it('selects single runs, and runs by what was said of them', async () => {
      const [one, other] = (await compare(`job=${job.jobId},generation=Haswell-EP`, 'generation=Zen3')).body.a
        .runMedians;
      await fleet.ask(`/v1/runs/${one?.runId}/annotations`, { method: 'POST', json: { labels: { bench: '2' } } });
      await eventually(
        'the annotation can be selected by',
        async () => (await ask({ a: 'annotation.bench=2', b: 'generation=Zen3' })).status === 200,
      );
      const { body } = await ask({ a: 'annotation.bench=2', b: `run=${other?.runId}` });
      expect([body.a.runMedians, body.b.runMedians].map(([run]) => run?.runId)).toEqual([one?.runId, other?.runId]);
      // Its five sisters on the same host.
      expect((await ask({ a: `job=${job.jobId},!annotation.bench`, b: `run=${one?.runId}` })).body.a.runs).toBe(5);
      expect((await ask({ a: 'annotation.bench=3', b: '*' })).body.errors).toMatchObject([
        {
          field: 'a',
          message: 'no run has the annotation annotation.bench=3',
          remedy: 'did you mean annotation.bench=2?',
        },
      ]);
      const runs = await fleet.ask<{ items: { runId: string }[] }>(
        '/v1/runs?selector=annotation.bench%3D2,since%3D90d',
      );
      expect(runs.body.items.map(({ runId }) => runId)).toEqual([one?.runId]);
    });

    it('refuses sides that differ in more than what is compared, until that is allowed', async () => {
      const medians = (await ask({ a: `job=${job.jobId}`, b: `job=${later.jobId}` })).body;
      const runsOf = (side: Comparison['a'], host: string) =>
        `run in (${side.runMedians.flatMap(({ hostId, runId }) => (hostId === host ? [runId] : [])).join(',')})`;
      const asked = { a: runsOf(medians.a, 'old'), b: runsOf(medians.b, 'new') };
      const refused = (await ask(asked)).body;
      expect(refused).toMatchObject({
        sentence: 'a and b are not compared',
        ratio: null,
        refusals: [{ kind: 'differs', field: 'generation' }],
      });
      expect((await ask({ ...asked, allow: 'generation' })).body).toMatchObject({
        refusals: [],
        warnings: expect.arrayContaining([
          expect.stringContaining('the sides differ in generation (Haswell-EP against Zen3), as allowed'),
        ]) as unknown,
      });
    });

    it('says what a window of time leaves out', async () => {
      const { body } = await ask({ a: '*', b: 'generation=Zen3', until: '2020-01-01' });
      expect(body.refusals.map(({ kind }) => kind)).toEqual(['empty', 'empty']);
      expect(body.refusals[0]?.reason).toMatch(
        /^a, "until=2020-01-01T00:00:00Z", matches no completed run of pf u2k in this window/,
      );
      expect(body.refusals[0]?.remedy).toMatch(/the newest such run ended \d{4}-/);
    });

    it.each([
      [{ a: '*' }, 400, 'b'],
      [{ a: '*', b: '*', before: '1d' }, 400, 'before'],
      [{ a: '*', b: '*', since: 'soon' }, 400, 'since'],
      [{ a: 'since=1d', b: '*', until: '2d' }, 400, 'a'],
      [{ a: 'job=7f3f2c1e-8e0d-4c3a-9a53-0d6a3f5b2c11', b: '*' }, 422, 'a'],
      [{ a: '*', b: '*', allow: 'microcod' }, 422, 'allow'],
      [{ a: '*', b: '*', pool: 'provenance' }, 422, 'pool'],
      [{ a: '*', b: '*', pool: 'mitigation.mdz' }, 422, 'pool'],
    ])('refuses %j, naming the parameter', async (query, status, field) => {
      const reply = await ask(query);
      expect([reply.status, reply.body.errors?.[0]?.field]).toEqual([status, field]);
    });

    it('refuses terms of runs in a selector of hosts', async () => {
      const { status, body } = await fleet.ask<Problem>('/v1/hosts?selector=since%3D90d');
      expect([status, body.errors?.[0]?.message]).toEqual([422, "since is a term of runs, which hosts don't have"]);
    });
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
