// npm run fuzz:api -- [--count n] [--seed n] [--path p]
// Asks every route of the API document with generated requests, of every role, against a real coordinator on an
// embedded PostgreSQL. Fails for a status of 500 or more, for silence over 5 s, and for an error that is no problem
// document or shows the inside; prints the smallest such request it finds, with the seed and path that replay it.
import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import * as z from 'zod';
import { contractVersion, jobViewSchema, roleSchema, runViewSchema } from '#contracts';
import { simulatedHost } from '../fleet/hosts.js';
import { startTestCluster } from '../postgres/cluster.js';
import { freshDatabase } from '../postgres/fresh-database.js';
import { queueUnderTest } from '../queue/queue-under-test.js';
import { faultOf } from './oracle.js';
import { type FuzzRequest, operationsOf, requestsOf } from './requests.js';

const silenceMs = 5_000;
const { values: options } = parseArgs({
  options: { count: { type: 'string', default: '2000' }, seed: { type: 'string' }, path: { type: 'string' } },
});
const seed = Number(options.seed ?? randomBytes(4).readInt32LE());

async function startCoordinator(localKey: string) {
  const database = await freshDatabase();
  const queue = await queueUnderTest(database);
  const script = fileURLToPath(new URL('../../dist/apps/coordinator/src/main.js', import.meta.url));
  const child = spawn(process.execPath, [script], {
    env: {
      ...{
        PATH: process.env['PATH'],
        DATABASE_URL: database.coordinatorUrl,
        QUEUE_URL: queue.coordinatorUrl,
        PORT: '0',
      },
      ...{ XF_LOCAL_KEY: localKey, LOG_LEVEL: 'error', RATE_LIMIT_PER_MINUTE: '10000000' },
    },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [ready] = (await once(child, 'message')) as [unknown];
  const stop = async (): Promise<void> => {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
    await database.drop();
  };
  return { url: z.object({ url: z.string() }).parse(ready).url, stop };
}

/** Something for the requests to find: a host, a job with its runs, a key of each role. */
async function furnish(ask: (path: string, method?: string, json?: unknown) => Promise<unknown>) {
  const worker = { instanceId: randomUUID(), sessionId: randomUUID() };
  const hosts = [simulatedHost('h1'), simulatedHost('h2')];
  await ask('/v1/workers/w1', 'PUT', { contractVersion, ...worker, hosts });
  const job = jobViewSchema.parse(await ask('/v1/jobs', 'POST', { hosts: ['h1', 'h2'], runsPerHost: 2 }));
  const keys: Record<string, string | null> = { nobody: null, stranger: `xf_admin_${'z'.repeat(43)}` };
  const uuids = [job.jobId];
  for (const role of roleSchema.options) {
    const made = await ask('/v1/keys', 'POST', { name: role, role });
    keys[role] = z.object({ key: z.string() }).parse(made).key;
  }
  const spare = await ask('/v1/keys', 'POST', { name: 'to be revoked', role: 'read' });
  uuids.push(z.object({ keyId: z.string() }).parse(spare).keyId);
  const runs = z.object({ items: z.array(runViewSchema) }).parse(await ask(`/v1/runs?jobId=${job.jobId}`));
  uuids.push(...runs.items.map(({ runId }) => runId));
  return { keys, known: { uuids, hostIds: ['h1', 'h2', 'w1'] } };
}

async function reply(url: string, key: string | null, { method, target, headers, body }: FuzzRequest) {
  const aborting = AbortSignal.timeout(silenceMs);
  const sent = new Headers();
  for (const [name, value] of Object.entries(headers)) sent.set(name, value);
  if (body !== null && !sent.has('content-type')) sent.set('content-type', 'application/json');
  if (key !== null) sent.set('authorization', `Bearer ${key}`);
  const bare = method === 'HEAD' || method === 'GET';
  const response = await fetch(`${url}${target}`, {
    ...{ method, headers: sent, signal: aborting, redirect: 'manual' },
    ...(body === null || bare ? {} : { body }),
  });
  const contentType = response.headers.get('content-type') ?? '';
  if (contentType.startsWith('text/event-stream')) {
    await response.body?.cancel(); // goes on for as long as the job does
    return { status: response.status, contentType, body: '' };
  }
  return { status: response.status, contentType, body: await response.text() };
}

async function main(): Promise<void> {
  const stopCluster = await startTestCluster();
  const localKey = `xf_admin_${randomBytes(32).toString('base64url')}`;
  const coordinator = await startCoordinator(localKey);
  try {
    const ask = async (path: string, method = 'GET', json?: unknown): Promise<unknown> => {
      const headers = { authorization: `Bearer ${localKey}`, 'content-type': 'application/json' };
      const body = json === undefined ? {} : { body: JSON.stringify(json) };
      const response = await fetch(`${coordinator.url}${path}`, { method, headers, ...body });
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
      return response.json();
    };
    const { keys, known } = await furnish(ask);
    const operations = operationsOf((await ask('/docs-json')) as Parameters<typeof operationsOf>[0]);
    const seen: Record<string, number> = {};
    const property = fc.asyncProperty(requestsOf(operations, Object.keys(keys), known), async (request) => {
      const answer = await reply(coordinator.url, keys[request.as] ?? null, request);
      seen[answer.status] = (seen[answer.status] ?? 0) + 1;
      const fault = faultOf(answer, request.method);
      if (fault !== null) throw new Error(fault);
    });
    const replay = options.path === undefined ? {} : { path: options.path };
    const began = performance.now();
    const result = await fc.check(property, { seed, numRuns: Number(options.count), ...replay });
    process.stdout.write(`${operations.length} routes, ${result.numRuns} requests, seed ${seed}, ` +
      `${((performance.now() - began) / 1_000).toFixed(0)} s; by status ${JSON.stringify(seen)}\n`); // prettier-ignore
    if (!result.failed) return;
    process.stdout.write(
      `FAILED: ${JSON.stringify(result.counterexample, null, 2)}\n${String(result.errorInstance)}\n` +
        `again: npm run fuzz:api -- --seed ${seed} --path ${result.counterexamplePath ?? ''}\n`,
    );
    process.exitCode = 1;
  } finally {
    await coordinator.stop();
    await stopCluster();
  }
}

await main();
