// A job from its request over the queue to what the worker commits, as one trace: programs and SDK as docs/operations.md has them.
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readStream, createPrisma } from '#event-store';
import { runStream, type JobView } from '#contracts';
import { projectRoot } from '../../apps/coordinator/src/project-root.js';
import { WorkerProcess } from '../../apps/worker/src/testing/worker-process.js';
import { CoordinatorProcess } from '../coordinator/coordinator-process.js';
import { eventually } from '../eventually.js';
import { type FreshDatabase, freshDatabase } from '../postgres/fresh-database.js';
import { queueUnderTest } from '../queue/queue-under-test.js';
import { startCollector } from './collector.js';

jest.setTimeout(120_000);

const key = `xf_admin_${'k'.repeat(43)}`;
const correlationId = '4bf92f35-77b3-4da6-a3ce-929d0e0e4736';

let database: FreshDatabase;
let folder: string;
let collector: Awaited<ReturnType<typeof startCollector>>;
const ends: (() => Promise<unknown>)[] = [];

/** The file of docs/operations.md beside the packages, as `npm install --prefix` leaves them. */
async function installTracing(): Promise<string> {
  const page = await readFile(join(projectRoot(), 'docs', 'operations.md'), 'utf8');
  const [, text] = /## Traces[\s\S]*?```js\n([\s\S]*?)```/.exec(page) ?? [];
  if (text === undefined) throw new Error('docs/operations.md has no tracing.mjs');
  await symlink(join(projectRoot(), 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'tracing.mjs'), text);
  return join(folder, 'tracing.mjs');
}

beforeAll(async () => {
  database = await freshDatabase();
  folder = await mkdtemp(join(tmpdir(), 'xf-tracing-'));
  collector = await startCollector();
});
afterAll(async () => {
  for (const end of ends.reverse()) await end();
  await collector.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

it('follows a job from its request over the queue to the events that its worker committed', async () => {
  const file = await installTracing();
  const queue = await queueUnderTest(database);
  const tracing = (name: string): Record<string, string> => ({
    NODE_OPTIONS: `--import=${file}`,
    OTEL_SERVICE_NAME: name,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_BSP_SCHEDULE_DELAY: '50',
  });
  const coordinator = new CoordinatorProcess({
    ...{ DATABASE_URL: database.coordinatorUrl, QUEUE_URL: queue.coordinatorUrl, PORT: '0', XF_LOCAL_KEY: key },
    ...tracing('xperf-coordinator'),
  });
  ends.push(() => {
    coordinator.child.kill('SIGKILL');
    return coordinator.ended;
  });
  const url = await coordinator.url();
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const post = async <T>(path: string, body: object, more = {}): Promise<Partial<T>> => {
    const asked = { method: 'POST', headers: { ...headers, ...more }, body: JSON.stringify(body) };
    return (await (await fetch(url + path, asked)).json()) as Partial<T>;
  };

  const { key: workerKey = '' } = await post<{ key: string }>('/v1/keys', { name: 'traced', role: 'worker' });
  const worker = WorkerProcess.start({
    ...{ DATABASE_URL: database.workerUrl, QUEUE_URL: queue.workerUrl, COORDINATOR_URL: url, WORKER_KEY: workerKey },
    ...{ WORKER_ID: 'traced', WORKER_CACHE_DIR: join(folder, 'cache') },
    WORKER_HOSTS: JSON.stringify([{ hostId: 'h1', executors: ['simulator'], machine: 'zen3' }]),
    ...tracing('xperf-worker'),
  });
  ends.push(() => worker.destroy());

  const spec = { hosts: ['h1'], executor: 'simulator', probes: ['pf'], faults: 500, runsPerHost: 1 };
  // Refused until the read model has the host.
  const jobId = await eventually('the job is taken', async () => {
    if (worker.child.exitCode !== null) throw new Error(worker.stdout + worker.stderr);
    return (await post<JobView>('/v1/jobs', spec, { 'x-correlation-id': correlationId })).jobId;
  });

  const traceId = correlationId.replaceAll('-', '');
  const ofTrace = () => collector.spans.filter((span) => span.traceId === traceId);
  const spanOf = (name: string) => ofTrace().find((span) => span.name === name);
  const parentOf = (name: string) => ofTrace().find(({ spanId }) => spanId === spanOf(name)?.parentSpanId);
  const attempt = await eventually('the attempt has been traced', () => spanOf('attempt'));
  expect(attempt).toMatchObject({
    service: 'xperf-worker',
    attributes: { 'xf.job': jobId, 'xf.host': 'h1', 'xf.attempt': 1 },
  });
  const stream = runStream(String(attempt.attributes['xf.run']));
  const db = createPrisma(database.coordinatorUrl);
  ends.push(() => db.$disconnect());
  const stored = (await readStream(db, stream)).map(({ type }) => type);
  expect(stored.at(-1)).toBe('RunCompleted');

  const traced = (): unknown[] =>
    ofTrace().flatMap(({ attributes }) => (attributes['xf.stream'] === stream ? attributes['xf.events'] : []));
  await eventually('all that the run committed has been traced', () => traced().length >= stored.length);
  expect(traced().sort()).toEqual([...stored].sort());
  const fromWorker = ofTrace().filter(({ service, name }) => service === 'xperf-worker' && name.startsWith('append '));
  expect(new Set(fromWorker.map(({ parentSpanId }) => parentSpanId))).toEqual(new Set([attempt.spanId]));

  const request = await eventually('the request has been traced', () => parentOf('append JobSubmitted'));
  expect(request).toMatchObject({ name: 'POST /v1/jobs', service: 'xperf-coordinator' });
  const put = await eventually('putting the ticket has been traced', () => spanOf('put ticket'));
  const root = 'a3ce929d0e0e4736';
  expect([put, spanOf('append RunQueued')]).toMatchObject(
    Array(2).fill({ service: 'xperf-coordinator', parentSpanId: root }),
  );
  expect(JSON.stringify(collector.spans)).not.toMatch(/xf_(admin|worker)_|postgres:/);
});
