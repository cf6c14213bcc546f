import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Problem, problemSchema } from '#contracts';
import { type CoordinatorUnderTest, startCoordinator } from '../../../../test/coordinator/coordinator-under-test.js';

const unknownId = '7f3f2c1e-8e0d-4c3a-9a53-0d6a3f5b2c11';
const json = { 'content-type': 'application/json' };

// What a client may do wrong: the request, the status, and what the problem names.
const wrong: [
  what: string,
  path: string,
  init: RequestInit & { json?: unknown },
  status: number,
  field: string | null,
  detail: RegExp,
][] = [
  ['unknown route', '/v1/nothing', {}, 404, null, /no route GET \/v1\/nothing/],
  ['unknown route outside /v1', '/favicon.png', {}, 404, null, /no route/],
  ['wrong method', '/v1/jobs', { method: 'DELETE' }, 405, null, /does not take DELETE/],
  ['wrong method on an id', `/v1/runs/${unknownId}`, { method: 'POST' }, 405, null, /does not take POST/],
  ['bad percent-encoding', '/v1/jobs/%FF', {}, 400, null, /decode/],
  ['bad JSON', '/v1/jobs', { method: 'POST', headers: json, body: '{"selector":' }, 400, 'body', /JSON/],
  [
    'a field named __proto__',
    '/v1/workers/w1',
    { method: 'PUT', headers: json, body: '{"hosts":[{"hostId":"h1","labels":{"\\u005f_proto__":"x"}}]}' },
    400,
    'body',
    /__proto__ can’t be the name/,
  ],
  [
    'JSON that is no object',
    '/v1/jobs',
    { method: 'POST', headers: json, body: '[1]' },
    400,
    'body',
    /must be an object/,
  ],
  ['no body', '/v1/jobs', { method: 'POST' }, 400, 'body', /no body/],
  ['a form', '/v1/jobs', { method: 'POST', body: new URLSearchParams({ selector: '*' }) }, 415, null, /urlencoded/],
  [
    'another character set',
    '/v1/jobs',
    { method: 'POST', headers: { 'content-type': 'application/json; charset=latin1' }, body: '{}' },
    415,
    null,
    /charset/i,
  ],
  [
    'a body over the limit',
    '/v1/jobs',
    { method: 'POST', json: { selector: 'a'.repeat(1_100_000) } },
    413,
    'body',
    /1048576 bytes/,
  ],
  ['neither selector nor hosts', '/v1/jobs', { method: 'POST', json: {} }, 400, 'selector', /exactly one/],
  [
    'both selector and hosts',
    '/v1/jobs',
    { method: 'POST', json: { selector: '*', hosts: ['h'] } },
    400,
    'hosts',
    /exactly one/,
  ],
  [
    'a field of a wrong type',
    '/v1/jobs',
    { method: 'POST', json: { selector: '*', faults: '10' } },
    400,
    'faults',
    /number/,
  ],
  ['an unknown field', '/v1/jobs', { method: 'POST', json: { selector: '*', runs: 3 } }, 400, 'runs', /runs/],
  [
    'faults over the limit',
    '/v1/jobs',
    { method: 'POST', json: { selector: '*', faults: 1e9 } },
    400,
    'faults',
    /10000000/,
  ],
  [
    'runs per host over the limit',
    '/v1/jobs',
    { method: 'POST', json: { selector: '*', runsPerHost: 1_001 } },
    400,
    'runsPerHost',
    /1000/,
  ],
  [
    'an unreadable selector',
    '/v1/jobs',
    { method: 'POST', json: { selector: 'a=b,,c' } },
    400,
    'selector',
    /stray comma/,
  ],
  [
    'an unknown probe',
    '/v1/jobs',
    { method: 'POST', json: { selector: '*', probes: ['dns'] } },
    400,
    'probes[0]',
    /pf_rt/,
  ],
  [
    'a selector that matches nothing',
    '/v1/jobs',
    { method: 'POST', json: { selector: 'host=none' } },
    422,
    'selector',
    /no host or run has host=none/,
  ],
  [
    'a host that is not there',
    '/v1/jobs',
    { method: 'POST', json: { hosts: ['none'] } },
    422,
    'hosts',
    /there is no host none/,
  ],
  [
    'a bad Idempotency-Key',
    '/v1/jobs',
    { method: 'POST', json: { selector: '*' }, headers: { 'idempotency-key': 'x'.repeat(201) } },
    400,
    'Idempotency-Key',
    /1 to 200/,
  ],
  ['an id that is no UUID', '/v1/jobs/17', {}, 400, 'jobId', /UUID/i],
  ['an unknown job', `/v1/jobs/${unknownId}`, {}, 404, null, /no job 7f3f2c1e/],
  ['results of an unknown job', `/v1/jobs/${unknownId}/results`, {}, 404, null, /no job/],
  ['progress of an unknown job', `/v1/jobs/${unknownId}/progress`, {}, 404, null, /no job/],
  ['cancelling an unknown job', `/v1/jobs/${unknownId}/cancel`, { method: 'POST' }, 404, null, /no job/],
  ['an unknown run', `/v1/runs/${unknownId}`, {}, 404, null, /no run/],
  ['samples of an unknown run', `/v1/runs/${unknownId}/samples`, {}, 404, null, /no run/],
  ['raw log of an unknown run', `/v1/runs/${unknownId}/raw`, {}, 404, null, /no run/],
  ['histogram of an unknown run', `/v1/runs/${unknownId}/histogram?metric=u2k`, {}, 404, null, /no run/],
  ['an unknown metric', `/v1/runs/${unknownId}/histogram?metric=ns`, {}, 400, 'metric', /u2k/],
  ['an unknown export format', `/v1/runs/${unknownId}/samples?format=xml`, {}, 400, 'format', /ndjson/],
  ['an unknown host', '/v1/hosts/none', {}, 404, null, /no host none/],
  ['a host id that is none', '/v1/hosts/NONE', {}, 400, 'hostId', /a-z/],
  ['an unreadable host selector', '/v1/hosts?selector=%3D', {}, 400, 'selector', /label/],
  ['an unknown state', '/v1/jobs?state=asleep', {}, 400, 'state', /running/],
  ['an unknown query parameter', '/v1/runs?job=1', {}, 400, 'job', /did you mean jobId/],
  ['a limit over the page size', '/v1/jobs?limit=201', {}, 400, 'limit', /200/],
  ['a limit that is no number', '/v1/runs?limit=many', {}, 400, 'limit', /number/i],
  ['a cursor that is none', '/v1/jobs?cursor=abc', {}, 400, 'cursor', /not a cursor of jobs/],
  [
    'a cursor of another listing',
    `/v1/runs?cursor=${Buffer.from('["jobs","1","x"]').toString('base64url')}`,
    {},
    400,
    'cursor',
    /not a cursor of runs/,
  ],
  ['a comparison without metric', '/v1/compare?a=*&b=*', {}, 400, 'metric', /u2k/],
  ['a comparison with a bad selector', '/v1/compare?a=%3D1&b=*&metric=u2k', {}, 400, 'a', /label/],
  ['a margin out of range', '/v1/compare?a=*&b=*&metric=u2k&margin=2', {}, 400, 'margin', /1/],
  ['a feed position that is none', '/v1/events?after=1', {}, 400, 'after', /xid:position/],
  ['a stream that is none', '/v1/events?stream=secrets', {}, 400, 'stream', /host-/],
  ['a key without a role', '/v1/keys', { method: 'POST', json: { name: 'x' } }, 400, 'role', /read/],
  ['an unknown key', `/v1/keys/${unknownId}`, { method: 'DELETE' }, 404, null, /no key/],
  [
    'a worker of another release',
    '/v1/workers/w1',
    { method: 'PUT', json: { contractVersion: 99, hosts: [] } },
    409,
    'contractVersion',
    /version 99, this coordinator versions 2 and 3/,
  ],
  [
    'a heartbeat of another release',
    '/v1/workers/w1/heartbeat',
    { method: 'POST', json: { contractVersion: 0 } },
    409,
    'contractVersion',
    /version 0/,
  ],
  [
    'a worker without hosts',
    '/v1/workers/w1',
    { method: 'PUT', json: { contractVersion: 2, instanceId: unknownId, sessionId: unknownId, hosts: [] } },
    400,
    'hosts',
    /1/,
  ],
  [
    'a worker id that is none',
    '/v1/workers/W1/heartbeat',
    {
      method: 'POST',
      json: { contractVersion: 2, instanceId: unknownId, sessionId: unknownId, hosts: ['h1'], attempts: [] },
    },
    400,
    'workerId',
    /a-z/,
  ],
];

describe('wrong requests', () => {
  let fleet: CoordinatorUnderTest;
  beforeAll(async () => {
    fleet = await startCoordinator();
  });
  afterAll(() => fleet.stop());

  it.each(wrong)('%s', async (_, path, init, status, field, detail) => {
    const reply = await fleet.ask<Problem>(path, init);
    expect(reply.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const problem = problemSchema.parse(reply.body);
    expect({ status: reply.status, inBody: problem.status }).toEqual({ status, inBody: status });
    expect(problem.detail).toMatch(detail);
    expect(problem.remedy).toEqual(expect.stringMatching(/\w{3}/));
    expect(problem.correlationId).toBe(reply.headers.get('x-correlation-id'));
    expect(problem.errors?.map((error) => error.field) ?? [null]).toContain(field);
  });

  it('says which methods a path takes', async () => {
    expect((await fleet.request('/v1/jobs', { method: 'PATCH' })).headers.get('allow')).toBe('GET, POST');
  });

  it('keeps the caller’s correlation id when it is a UUID, and makes one otherwise', async () => {
    const kept = await fleet.request('/v1/jobs', { headers: { 'x-correlation-id': unknownId } });
    expect(kept.headers.get('x-correlation-id')).toBe(unknownId);
    const made = await fleet.request('/v1/jobs', { headers: { 'x-correlation-id': 'drop table' } });
    expect(made.headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('stored nothing of all that', async () => {
    expect(await fleet.db.event.count()).toBe(0);
  });
});

describe('a caller who asks too often', () => {
  let fleet: CoordinatorUnderTest;
  beforeAll(async () => {
    fleet = await startCoordinator({ RATE_LIMIT_PER_MINUTE: '3' });
  });
  afterAll(() => fleet.stop());

  it('is told to wait, and for how long', async () => {
    for (let i = 0; i < 3; i += 1) expect((await fleet.ask('/v1/jobs')).status).toBe(200);
    const { status, headers, body } = await fleet.ask<Problem>('/v1/jobs');
    expect(status).toBe(429);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(body.remedy).toMatch(/Retry-After/);
    expect((await fleet.ask('/health/live', { key: null })).status).toBe(200);
  });
});
