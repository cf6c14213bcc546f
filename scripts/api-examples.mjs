// npm run api:examples: asks a running fleet with a history (XF_URL, XF_KEY with the role admin; a demo will do) each route once and
// keeps what was asked and answered in apps/coordinator/api-examples.json, lists cut short. The API's document shows them, and its spec
// checks each against its schema. It registers a host, submits a job and makes a key there, so give it a fleet that is thrown away.
/* eslint-disable @typescript-eslint/no-unsafe-return, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-argument --
   what the routes answer is checked by docs.int.spec.ts, not here */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const [url, key] = [process.env.XF_URL, process.env.XF_KEY];
if (!url || !key) throw new Error('XF_URL and XF_KEY name the fleet to ask');

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @param {string} [type]
 * @returns {Promise<any>} what the reply holds: each route's own
 */
async function ask(method, path, body, type = 'application/json') {
  const headers = { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': type }) };
  const given = type === 'application/json' ? JSON.stringify(body) : String(body);
  const reply = await fetch(`${url}${path}`, { method, headers, ...(body === undefined ? {} : { body: given }) });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text}`);
  return /\bjson\b/.test(reply.headers.get('content-type')?.replace('ndjson', '') ?? '') ? JSON.parse(text) : text;
}

/**
 * Lists end after their first entries: an example shows what one looks like.
 * @param {any} value
 * @returns {any}
 */
function short(value, depth = 0) {
  if (Array.isArray(value)) return value.slice(0, depth === 0 ? 3 : 1).map((item) => short(item, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, short(inner, depth + 1)]));
}
/** @param {string} text @param {number} most */
const lines = (text, most) => text.split('\n').slice(0, most).join('\n');
/** @param {string} path */
const first = async (path) => (await ask('GET', path)).items[0];
const now = new Date('2026-11-27T08:00:00Z').toISOString();

/** @type {Record<string, any>} */
const examples = {};
/** @param {string} id @param {string} method @param {string} path @param {unknown} [body] */
async function keep(id, method, path, body) {
  const reply = await ask(method, path, body);
  examples[id] = { ...(body === undefined ? {} : { body }), reply: short(reply) };
  return reply;
}

const run = await first('/v1/runs?state=completed');
const finding = await first('/v1/regressions?state=all');
const worker = {
  contractVersion: 0,
  instanceId: '0198c1de-0000-4000-8000-000000000001',
  sessionId: '0198c1de-0000-4000-8000-000000000002',
};
const { bootState, contractVersion } = await ask('GET', `/v1/hosts/${run.hostId}`);
const accepted = contractVersion ?? Number(process.env.CONTRACT_VERSION ?? 3);
const host = {
  hostId: 'example-1',
  labels: { rack: 'r7' },
  capabilities: [{ executor: 'simulator', probes: ['pf'], provenance: 'simulated' }],
  bootState,
};

await keep('workers.register', 'PUT', '/v1/workers/example', { ...worker, contractVersion: accepted, hosts: [host] });
await keep('workers.beat', 'POST', '/v1/workers/example/heartbeat', {
  ...{ ...worker, contractVersion: accepted, hosts: ['example-1'] },
  attempts: [{ runId: run.runId, attempt: 1 }],
});
await ask('POST', '/v1/host-actions', { action: 'drain', hosts: ['example-1'], reason: 'new DIMMs' });
await keep('hostactions.act', 'POST', '/v1/host-actions', { action: 'undrain', selector: '*', reason: 'DIMMs are in' });
const spec = { name: 'first look', selector: '*', runsPerHost: 2, faults: 1_000 };
await keep('jobs.preview', 'POST', '/v1/jobs/preview', spec);
const job = await keep('jobs.submit', 'POST', '/v1/jobs', spec);
await keep('jobs.cancel', 'POST', `/v1/jobs/${job.jobId}/cancel`, { reason: 'the rack goes down for an hour' });
await keep('jobs.label', 'POST', `/v1/jobs/${job.jobId}/labels`, { labels: { team: 'kernel', draft: null } });
const jobs = `/v1/jobs/${run.jobId}`;
await keep('jobs.list', 'GET', '/v1/jobs?limit=1');
await keep('jobs.read', 'GET', jobs);
await keep('jobs.results', 'GET', `${jobs}/results`);
await keep('jobs.overview', 'GET', `${jobs}/overview`);
await keep('jobs.comparisons', 'GET', `${jobs}/comparisons`);
examples['jobs.progress'] = {
  reply: `event: progress\ndata: ${JSON.stringify(examples['jobs.read'].reply)}\n\nevent: end\ndata: ${JSON.stringify(examples['jobs.read'].reply)}\n\n`,
};
await keep('runs.list', 'GET', '/v1/runs?state=completed&limit=1');
await keep('runs.annotate', 'POST', `/v1/runs/${run.runId}/annotations`, {
  note: 'the rack was opened meanwhile',
  labels: { ticket: 'OPS-7' },
});
await keep('runs.read', 'GET', `/v1/runs/${run.runId}`);
await keep('runs.histogram', 'GET', `/v1/runs/${run.runId}/histogram?metric=u2k`);
examples['runs.samples'] = {
  reply: {
    'application/x-ndjson': lines(await ask('GET', `/v1/runs/${run.runId}/samples?format=ndjson`), 2),
    'text/csv': lines(await ask('GET', `/v1/runs/${run.runId}/samples?format=csv`), 3),
  },
};
const log = await ask('GET', `/v1/runs/${run.runId}/raw`);
examples['runs.raw'] = { reply: lines(log, 3) };
examples['import.import'] = {
  body: lines(log, 3),
  reply: short(await ask('POST', '/v1/imports?host=elsewhere-1&newHost=true', log, 'application/octet-stream')),
};
await keep('replay.replay', 'POST', '/v1/replays', { all: true, dryRun: true });
await keep('replay.outdated', 'GET', '/v1/replays/outdated');
await keep('fleet.read', 'GET', '/v1/fleet');
await keep('hosts.list', 'GET', '/v1/hosts?limit=1');
await keep('hosts.read', 'GET', `/v1/hosts/${run.hostId}`);
await keep('hosts.bootStates', 'GET', `/v1/hosts/${run.hostId}/boot-states`);
await keep('hostgroups.list', 'GET', '/v1/host-groups?by=rack,generation');
await keep('labels.list', 'GET', '/v1/labels');
const sides = 'a=kpti%3Doff&b=kpti%3Don&metric=u2k';
await keep('compare.compare', 'GET', `/v1/compare?${sides}`);
await keep('compare.cells', 'GET', `/v1/compare/cells?${sides}&by=generation`);
examples['compare.report'] = examples['regressions.report'] = {
  reply: '<!doctype html><html lang="en"><head>…</head><body>…</body></html>',
};
await keep('results.grouped', 'GET', '/v1/results?by=generation&metric=u2k');
await keep('trends.trends', 'GET', '/v1/trends?by=generation&since=30d');
await keep('knownchanges.knownChanges', 'GET', '/v1/known-changes?metric=u2k');
await keep('regressions.list', 'GET', '/v1/regressions?state=all&limit=1');
await keep('regressions.latest', 'GET', '/v1/regressions/look');
await keep('regressions.look', 'POST', '/v1/regressions/look', { since: '30d' });
if (finding) {
  const of = `/v1/regressions/${finding.findingId}`;
  await keep('regressions.read', 'GET', of);
  const reply = short(await ask('GET', of));
  const note = 'the kernel of this week; a fix is under way';
  for (const what of ['expected', 'reopen', 'resolve']) examples[`regressions.${what}`] = { body: { note }, reply };
  examples['regressions.acknowledge'] = { body: { note }, reply };
  examples['regressions.mute'] = { body: { note, until: '14d' }, reply };
}
const nightly = { job: { selector: '*', runsPerHost: 10 }, cron: '0 2 * * *', timeZone: 'Europe/Berlin' };
await keep('schedules.set', 'PUT', '/v1/schedules/nightly', nightly);
await keep('schedules.list', 'GET', '/v1/schedules');
await keep('schedules.read', 'GET', '/v1/schedules/nightly');
await keep('schedules.pause', 'POST', '/v1/schedules/nightly/pause', { note: 'the hall is too warm' });
await keep('schedules.resume', 'POST', '/v1/schedules/nightly/resume');
await keep('schedules.remove', 'DELETE', '/v1/schedules/nightly');
const ops = {
  url: 'http://127.0.0.1:9093/api/v2/alerts',
  format: 'alertmanager',
  causes: ['regression', 'host-silent'],
};
await keep('notificationroutes.set', 'PUT', '/v1/notification-routes/ops', ops);
await keep('notificationroutes.list', 'GET', '/v1/notification-routes');
await keep('notificationroutes.test', 'POST', '/v1/notification-routes/ops/test');
await keep('notificationroutes.read', 'GET', '/v1/notification-routes/ops');
await keep('notificationroutes.rotate', 'POST', '/v1/notification-routes/ops/rotate');
await keep('notificationroutes.pause', 'POST', '/v1/notification-routes/ops/pause', { note: 'maintenance' });
await keep('notificationroutes.resume', 'POST', '/v1/notification-routes/ops/resume');
await keep('notifications.list', 'GET', '/v1/notifications');
await keep('notifications.replay', 'POST', '/v1/notifications/replay', { route: 'ops' });
await keep('notificationroutes.remove', 'DELETE', '/v1/notification-routes/ops');
await keep('sim.explain', 'GET', '/v1/sim/explain?cpu=zen3&kpti=on');
await keep('demo.read', 'GET', '/v1/demo');
await keep('events.feed', 'GET', '/v1/events?order=newest&limit=1&type=JobCompleted');
const made = await keep('keys.create', 'POST', '/v1/keys', { name: 'nightly schedule', role: 'submit' });
examples['keys.create'].reply.key = `xf_submit_${'x'.repeat(43)}`;
await keep('keys.list', 'GET', '/v1/keys');
await fetch(`${url}/v1/keys/${made.keyId}`, { method: 'DELETE', headers: { authorization: `Bearer ${key}` } });
const invited = await keep('invitations.invite', 'POST', '/v1/invitations', { labels: { rack: 'r7' }, validFor: '8h' });
const token = `xf_join_${'x'.repeat(43)}`;
Object.assign(examples['invitations.invite'].reply, { token, url: 'https://fleet.example' });
await keep('invitations.list', 'GET', '/v1/invitations?limit=1');
await ask('DELETE', `/v1/invitations/${invited.invitationId}`);
// Not asked: it would leave a login in PostgreSQL.
examples['invitations.join'] = {
  body: { token, hostId: 'r7-u12' },
  reply: {
    ...{ workerId: 'r7-u12', labels: { rack: 'r7' }, key: `xf_worker_${'x'.repeat(43)}` },
    ...{ databaseUrl: 'postgres://xf_worker_0f1e2d3c4b5a6978:…@db.example:5432/xperf', queueUrl: null },
  },
};
const setAside = {
  ...{ stream: `run-${run.runId}`, version: 3, type: 'RunCompleted' },
  ...{
    reason: 'event type "RunCompleted" has version 9, which this release does not know',
    release: '0.1.0',
    since: now,
  },
};
examples['setaside.list'] = { reply: { items: [setAside], nextCursor: null } };
examples['setaside.retry'] = { reply: { stream: setAside.stream, folded: true, setAside: null } };
await keep('rebuilds.list', 'GET', '/v1/projections');
examples['rebuilds.rebuild'] = { reply: examples['rebuilds.list'].reply.items[0] };
examples['console.makeLink'] = { reply: { path: `/console/login?token=${'x'.repeat(43)}`, expiresAt: now } };
await keep('health.live', 'GET', '/health/live');
await keep('health.ready', 'GET', '/health/ready');
examples['metrics.scrape'] = { reply: lines(await ask('GET', '/metrics'), 3) };

const file = fileURLToPath(new URL('../apps/coordinator/api-examples.json', import.meta.url));
const before = await readFile(file, 'utf8').catch(() => '');
await writeFile(file, `${JSON.stringify(examples, null, 2)}\n`);
process.stdout.write(`${Object.keys(examples).length} examples${before === '' ? '' : ', those of before replaced'}\n`);
