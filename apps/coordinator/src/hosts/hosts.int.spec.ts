import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type HostActionReply,
  hostActionReplySchema,
  hostBootStatesSchema,
  type HostGroups,
  hostGroupsSchema,
  type HostService,
  hostStream,
  hostStateOf,
  type HostView,
  type JobPreview,
  jobPreviewSchema,
  jobStream,
  type JobView,
  type LabelsView,
  labelsViewSchema,
  type Page,
  type Problem,
  runStream,
  type RunView,
} from '#contracts';
import { type CoordinatorUnderTest, startCoordinator } from '../../../../test/coordinator/coordinator-under-test.js';
import { measureJob } from '../../../../test/coordinator/played-runs.js';
import { simulatedHost } from '../../../../test/fleet/hosts.js';
import { slipIn, startAttempt } from '../../../../test/fleet/story.js';
import { eventually } from '../../../../test/eventually.js';
import { untilFollowed } from '../../../../test/fleet/read-model.js';

let fleet: CoordinatorUnderTest;
let job: JobView;
const racked = (hostId: string, rack: string) => ({ ...simulatedHost(hostId), labels: { rack } });

beforeAll(async () => {
  fleet = await startCoordinator();
  await fleet.register('w1', [racked('b', 'r2'), racked('a', 'r1'), racked('d', 'r1')]);
  await fleet.register('w2', [racked('c-x', 'r2')]);
  const spec = { name: 'nightly', hosts: ['a', 'b'], runsPerHost: 8, faults: 20, warmup: 0 };
  job = (await fleet.ask<JobView>('/v1/jobs', { method: 'POST', json: spec })).body;
  // The runs of b scatter by a tenth and more, those of a not at all.
  await measureJob(fleet, job, ({ hostId, replicate }) => 300 + (hostId === 'b' ? 40 * (replicate % 4) : 0));
  await untilFollowed(fleet.db);
  await fleet.db.$executeRaw`UPDATE worker_presence SET seen_at = now() - interval '1 hour' WHERE worker_id = 'w2'`;
  await fleet.db.$executeRaw`UPDATE worker_sessions SET seen_at = now() - interval '1 hour' WHERE worker_id = 'w2'`;
  await fleet.db.$executeRaw`UPDATE worker_presence SET seen_at = now() + interval '10 minutes' WHERE worker_id = 'w1'`;
});
afterAll(() => fleet.stop());

const path = (route: string, query: Record<string, string>) => `${route}?${new URLSearchParams(query).toString()}`;

/** Every item of a listing, page by page, as large as is asked. */
async function all<Item>(route: string, query: Record<string, string>, limit: number): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const asked = { ...query, limit: String(limit), ...(cursor === null ? {} : { cursor }) };
    const page: Page<Item> = (await fleet.ask<Page<Item>>(path(route, asked))).body;
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return items;
}
const refusal = async (route: string, query: Record<string, string>) => {
  const { status, body } = await fleet.ask<Problem>(path(route, query));
  return { status, errors: body.errors };
};

describe('hosts', () => {
  const ids = async (query: Record<string, string>, limit = 200) =>
    (await all<HostView>('/v1/hosts', query, limit)).map(({ hostId }) => hostId);

  it.each([
    [{}, ['a', 'b', 'c-x', 'd']],
    [{ sort: '-host' }, ['d', 'c-x', 'b', 'a']],
    [{ sort: 'rack' }, ['a', 'd', 'b', 'c-x']],
    [{ sort: '-noise' }, ['b', 'a', 'd', 'c-x']],
    [{ sort: 'seen', state: 'silent' }, ['c-x']],
    [{ state: 'online' }, ['a', 'b', 'd']],
    [{ grade: 'D' }, ['b']],
    [{ q: 'R1' }, ['a', 'd']],
    [{ q: 'w2' }, ['c-x']],
    [{ q: '%' }, []],
    [{ selector: 'rack=r2', q: 'c-' }, ['c-x']],
  ])('asked with %j are %j, in pages of any size', async (query, expected) => {
    expect(await ids(query)).toEqual(expected);
    expect(await ids(query, 1)).toEqual(expected);
  });

  it('say whether they are heard of', async () => {
    const states = (await all<HostView>('/v1/hosts', {}, 200)).map(({ state }) => state);
    expect(states).toEqual(['online', 'online', 'silent', 'online']);
  });

  it('are refused an order that there is not, and the cursor of another', async () => {
    expect(await refusal('/v1/hosts', { sort: 'rac' })).toMatchObject({
      status: 400,
      errors: [{ field: 'sort', message: expect.stringContaining('did you mean rack') }],
    });
    const { nextCursor } = (await fleet.ask<Page<HostView>>('/v1/hosts?limit=1')).body;
    expect(await refusal('/v1/hosts', { cursor: nextCursor ?? '', sort: 'rack' })).toMatchObject({
      status: 400,
      errors: [{ field: 'cursor', message: 'is not a cursor of hosts by rack' }],
    });
    expect(await refusal('/v1/hosts', { q: '' })).toMatchObject({ status: 400, errors: [{ field: 'q' }] });
  });

  it('are counted by what they have in common', async () => {
    const { body } = await fleet.ask<HostGroups>(path('/v1/host-groups', { by: 'rack' }));
    const none = { A: 0, B: 0, C: 0, D: 0, unknown: 0 };
    const out = { draining: 0, quarantined: 0 };
    expect(hostGroupsSchema.parse(body)).toEqual({
      by: ['rack'],
      cut: false,
      items: [
        {
          values: { rack: 'r1' },
          hosts: 2,
          online: 2,
          silent: 0,
          never: 0,
          grades: { ...none, A: 1, unknown: 1 },
          ...out,
        },
        {
          values: { rack: 'r2' },
          hosts: 2,
          online: 1,
          silent: 1,
          never: 0,
          grades: { ...none, D: 1, unknown: 1 },
          ...out,
        },
      ],
    });
    expect(await refusal('/v1/host-groups', { by: 'rak' })).toMatchObject({ status: 422, errors: [{ field: 'by' }] });
  });

  it('tell the boot states that their runs had', async () => {
    const { items } = hostBootStatesSchema.parse((await fleet.ask('/v1/hosts/a/boot-states')).body);
    expect(items).toMatchObject([{ executor: 'simulator', provenance: 'simulated', changed: [] }]);
    expect(hostBootStatesSchema.parse((await fleet.ask('/v1/hosts/d/boot-states')).body).items).toEqual([]);
    expect((await fleet.ask('/v1/hosts/nobody/boot-states')).status).toBe(404);
  });
});

it('labels are listed with their values and hosts', async () => {
  const { items } = labelsViewSchema.parse((await fleet.ask<LabelsView>('/v1/labels')).body);
  expect(items.find(({ name }) => name === 'rack')).toEqual({
    ...{ name: 'rack', total: 2 },
    values: [
      { value: 'r1', hosts: 2 },
      { value: 'r2', hosts: 2 },
    ],
  });
  expect(items.some(({ name }) => name === 'host')).toBe(false);
});

describe('runs of a job', () => {
  it('are sorted and searched', async () => {
    const runs = (query: Record<string, string>, limit = 200) =>
      all<RunView>('/v1/runs', { jobId: job.jobId, ...query }, limit);
    const byHost = await runs({ sort: '-host' }, 3);
    expect(byHost.map(({ hostId }) => hostId).join('')).toBe('bbbbbbbbaaaaaaaa');
    expect((await runs({ sort: 'state' }, 5)).length).toBe(16);
    const [first] = byHost;
    expect((await runs({ q: first?.runId.slice(-8) ?? '' })).map(({ runId }) => runId)).toEqual([first?.runId]);
    expect(new Set((await runs({ q: 'B' })).map(({ hostId }) => hostId))).toEqual(new Set(['b']));
    expect(await runs({ until: '2020-01-01' })).toEqual([]);
  });

  it('alone can be sorted by what no index has', async () => {
    expect(await refusal('/v1/runs', { sort: 'lost' })).toMatchObject({
      status: 400,
      errors: [{ field: 'sort', remedy: expect.stringContaining('give jobId or hostId') }],
    });
  });
});

describe('jobs', () => {
  it('are searched, and filtered by who submitted them', async () => {
    const names = async (query: Record<string, string>) =>
      (await all<JobView>('/v1/jobs', query, 1)).map(({ spec }) => spec.name);
    expect(await names({ q: 'IGHTL', submittedBy: job.submittedBy })).toEqual(['nightly']);
    expect(await names({ sort: 'name', since: '1h', outcome: 'completed' })).toEqual(['nightly']);
    expect(await names({ until: '1h' })).toEqual([]);
    expect(await refusal('/v1/jobs', { submittedBy: `${job.submittedBy}x` })).toMatchObject({
      status: 422,
      errors: [{ field: 'submittedBy', remedy: expect.stringContaining(job.submittedBy) }],
    });
  });

  it('say what they would run, and append nothing', async () => {
    const count = () => fleet.db.event.count();
    const before = await count();
    const json = { selector: 'rack=r1', runsPerHost: 3, faults: 10 };
    const { body } = await fleet.ask<JobPreview>('/v1/jobs/preview', { method: 'POST', json });
    expect(jobPreviewSchema.parse(body)).toMatchObject({
      ...{ hosts: 2, runs: 6, crossings: 60, hostIds: ['a', 'd'] },
      lines: [{ executor: 'simulator', probe: 'pf', provenance: 'simulated', guest: null, hosts: 2, runs: 6 }],
    });
    expect(await count()).toBe(before);
    const refused = await fleet.ask<Problem>('/v1/jobs/preview', { method: 'POST', json: { selector: 'rack=r9' } });
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ field: 'selector' }] } });
  });
});

describe('hosts out of service', () => {
  const rack = 'r9';
  const act = async (body: Record<string, unknown>) =>
    fleet.ask<HostActionReply & Problem>('/v1/host-actions', {
      method: 'POST',
      json: { reason: 'new DIMMs', ...body },
    });
  const stateOf = async (hostId: string) => (await fleet.ask<HostView>(`/v1/hosts/${hostId}`)).body;
  const submit = async (json: Record<string, unknown>) =>
    fleet.ask<JobView & Problem>('/v1/jobs', { method: 'POST', json: { runsPerHost: 2, faults: 10, ...json } });

  /** Registered, and heard of for as long as these tests take. */
  const online = async (...hosts: ReturnType<typeof racked>[]) => {
    await fleet.register('w9', hosts);
    await fleet.db
      .$executeRaw`UPDATE worker_presence SET seen_at = now() + interval '10 minutes' WHERE worker_id = 'w9'`;
  };
  beforeAll(() => online(...['m', 'n', 'o'].map((hostId) => racked(hostId, rack))));

  it('have the state that the pure function gives them', async () => {
    const rows = await fleet.db.$queryRaw<{ service: HostService | null; silent: boolean | null; state: string }[]>`
      SELECT service, silent, host_state(service, silent) AS state
        FROM unnest(ARRAY[NULL, 'in-service', 'draining', 'quarantined', 'removed']) AS s (service),
             unnest(ARRAY[NULL, false, true]) AS p (silent)`;
    expect(rows.map(({ state }) => state)).toEqual(rows.map(({ service, silent }) => hostStateOf(service, silent)));
    expect(rows).toHaveLength(15);
  });

  it('are said who took them out, and why, and a second time changes nothing', async () => {
    const drain = { action: 'drain', hosts: ['m'] };
    expect(hostActionReplySchema.parse((await act(drain)).body)).toEqual({
      ...{ action: 'drain', changed: ['m'], unchanged: [], refused: [] },
    });
    expect(await stateOf('m')).toMatchObject({
      ...{ state: 'draining', outOfService: { state: 'draining', reason: 'new DIMMs', by: 'key:local', rule: null } },
    });
    expect((await act(drain)).body).toMatchObject({ changed: [], unchanged: ['m'] });
    expect((await act({ action: 'release', hosts: ['m'] })).body).toMatchObject({
      status: 409,
      errors: [{ field: 'hosts', message: 'm is draining', remedy: 'xf hosts undrain m first' }],
    });
    expect((await act({ action: 'quarantine', hosts: ['n'] })).status).toBe(200);
  });

  it('are done to together, those that it can be done to', async () => {
    expect((await act({ action: 'undrain', selector: `rack=${rack}` })).body).toMatchObject({
      ...{ changed: ['m'], unchanged: ['o'] },
      refused: [{ hostId: 'n', message: 'n is quarantined', remedy: 'xf hosts release n first' }],
    });
  });

  it('are refused under names that there are not, with the nearest', async () => {
    expect((await act({ action: 'drain', hosts: ['c-y'] })).body).toMatchObject({
      ...{ status: 422, errors: [{ field: 'hosts', message: 'there is no host c-y' }] },
    });
    expect((await act({ action: 'drain', hosts: ['m'], selector: '*' })).status).toBe(400);
    expect((await act({ action: 'drain', hosts: ['m'], reason: '' })).status).toBe(400);
    expect((await act({ action: 'drain', selector: 'rack=r1,host=m' })).status).toBe(422);
  });

  it('are left out of jobs and named, or waited for, or make the job fail, as its spec says', async () => {
    const selector = `rack=${rack}`;
    const usual = (await submit({ selector })).body;
    expect(usual).toMatchObject({ runs: { total: 4 }, skipped: [{ state: 'quarantined', hosts: 1, hostIds: ['n'] }] });
    expect(usual.waitsFor).toEqual([]);
    await fleet.readModelHas(jobStream(usual.jobId));
    expect((await fleet.ask<JobView>(`/v1/jobs/${usual.jobId}`)).body.skipped).toEqual(usual.skipped);

    const waits = (await submit({ selector, unavailable: { quarantined: 'wait' } })).body;
    const held = [{ state: 'quarantined', hosts: 1, runs: 2, named: [{ hostId: 'n', reason: 'new DIMMs' }] }];
    expect(waits).toMatchObject({ runs: { total: 6 }, waitsFor: held });
    await fleet.readModelHas(jobStream(waits.jobId));
    expect((await fleet.ask<JobView>(`/v1/jobs/${waits.jobId}`)).body.waitsFor).toMatchObject(held);

    expect((await submit({ selector, unavailable: { quarantined: 'fail' } })).body).toMatchObject({
      ...{ status: 422, errors: [{ field: 'selector', message: expect.stringContaining('n is quarantined') }] },
    });
    expect((await submit({ hosts: ['n'] })).body).toMatchObject({
      ...{ status: 422, errors: [{ field: 'hosts', remedy: expect.stringContaining('xf hosts release') }] },
    });
    const preview = (await fleet.ask<JobPreview>('/v1/jobs/preview', { method: 'POST', json: { hosts: ['c-x', 'n'] } }))
      .body;
    expect(jobPreviewSchema.parse(preview)).toMatchObject({
      ...{ hosts: 1, skipped: [{ state: 'quarantined', hostIds: ['n'] }], waitsFor: [{ state: 'silent', hosts: 1 }] },
    });
    expect((await submit({ hosts: ['c-x', 'a'], unavailable: { silent: 'skip' } })).body).toMatchObject({
      ...{ runs: { total: 2 }, skipped: [{ state: 'silent', hostIds: ['c-x'] }] },
    });
  });

  it('that are left out of a job with control hosts are said to be, and not that nothing matches', async () => {
    await online(...['k1', 'k2', 'k3'].map((hostId) => racked(hostId, 'r11')));
    const control = 'rack=r11';
    const aside = { field: 'selector', message: 'every host that was chosen is left out: n is quarantined' };
    expect((await submit({ selector: 'host=n', control })).body).toMatchObject({ status: 422, errors: [aside] });
    expect((await submit({ hosts: ['n'], control })).body).toMatchObject({ errors: [{ ...aside, field: 'hosts' }] });
    await act({ action: 'drain', hosts: ['k2'] });
    expect((await submit({ hosts: ['m'], control })).body).toMatchObject({
      status: 422,
      errors: [{ field: 'control', message: expect.stringContaining('k2 is draining') }],
    });
  });

  it('give the same job to a key that is used again, whatever they have become', async () => {
    const json = { hosts: ['k1', 'k3'], runsPerHost: 1, faults: 10 };
    const again = () =>
      fleet.ask<JobView & Problem>('/v1/jobs', { method: 'POST', json, headers: { 'idempotency-key': 'k1-k3' } });
    const { body: first } = await again();
    await act({ action: 'drain', hosts: ['k1', 'k3'] });
    const { status, body } = await again();
    expect([status, body.jobId, body.runs.total]).toEqual([200, first.jobId, 2]);
  });

  it('whose events can’t be read are named, and the others are done', async () => {
    await online(...['p1', 'p2'].map((hostId) => racked(hostId, 'r12')));
    await slipIn(fleet.db, hostStream('p1'), 'HostRegistered', 1, { poisoned: true });
    expect((await act({ action: 'drain', hosts: ['p1', 'p2'] })).body).toMatchObject({
      changed: ['p2'],
      refused: [{ hostId: 'p1', message: expect.stringContaining('can not take in the events of p1') }],
    });
  });

  it('that are removed are in no list and no selector, and stay so when they register again', async () => {
    expect((await act({ action: 'remove', hosts: ['o'] })).body).toMatchObject({ changed: ['o'] });
    const listed = async (query: Record<string, string>) =>
      (await all<HostView>('/v1/hosts', { selector: `rack=${rack}`, ...query }, 200)).map(({ hostId }) => hostId);
    expect(await listed({})).toEqual(['m', 'n']);
    expect(await listed({ state: 'removed' })).toEqual(['o']);
    expect((await submit({ selector: `rack=${rack}` })).body.runs.total).toBe(2);
    expect((await submit({ hosts: ['o'], unavailable: { silent: 'wait' } })).body).toMatchObject({
      ...{ status: 422, errors: [{ message: 'o is removed', remedy: expect.stringContaining('xf hosts restore') }] },
    });
    await online(racked('o', 'r10'));
    expect(await stateOf('o')).toMatchObject({ state: 'removed', labels: { rack: 'r10' } });
    expect((await act({ action: 'restore', hosts: ['o'] })).body).toMatchObject({ changed: ['o'] });
    expect(await stateOf('o')).toMatchObject({ state: 'online' });
  });

  it('are not removed while a run is under way', async () => {
    let queued: RunView[] = [];
    await eventually('a run of m is queued', async () => {
      queued = await all<RunView>('/v1/runs', { hostId: 'm', state: 'queued' }, 200);
      return queued.length > 0;
    });
    const runId = queued[0]?.runId ?? '';
    await startAttempt(fleet.db, runId, 1);
    await fleet.readModelHas(runStream(runId));
    expect((await act({ action: 'remove', hosts: ['m'] })).body).toMatchObject({
      ...{ status: 409, errors: [{ message: 'a run is under way on m', remedy: expect.stringContaining('drain') }] },
    });
  });
});
