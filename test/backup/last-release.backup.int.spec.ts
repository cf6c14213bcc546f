// The upgrade of docs/operations.md, from a dump of the last release that landed (last-release/write.ts).
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { JobView, RunView } from '#contracts';
import { prepareDatabase } from '#database-setup';
import { createPrisma, type PrismaClient } from '#event-store';
import { createLog } from '#logging';
import { type Coordinator, createCoordinator } from '../../apps/coordinator/src/coordinator.js';
import { readSettings } from '../../apps/coordinator/src/environment.js';
import { eventually } from '../eventually.js';
import { untilFilled, untilFollowed } from '../fleet/read-model.js';
import { measure } from '../fleet/story.js';
import { DebianPostgres } from './debian-postgres.js';
import { under } from './operations-page.js';

jest.setTimeout(300_000);

type Answer = Record<string, unknown>;
interface Recorded {
  workerKey: string;
  /** What its worker said to the coordinator. */
  said: { method: string; path: string; body: unknown }[];
  /** What its API said, by path. */
  answers: Record<string, Answer>;
}
const here = fileURLToPath(new URL('last-release', import.meta.url));
const recorded = JSON.parse(gunzipSync(readFileSync(`${here}/answers.json.gz`)).toString()) as Recorded;
const then = (path: string): Answer => recorded.answers[path] ?? {};
const pathsLike = (pattern: RegExp): string[] => Object.keys(recorded.answers).filter((path) => pattern.test(path));
const open = (then('/v1/jobs')['items'] as JobView[]).find(({ state }) => state === 'running');

const key = `xf_admin_${'0'.repeat(43)}`;
let server: DebianPostgres;
let db: PrismaClient;
let coordinator: Coordinator;
let url: string;

const ask = async (path: string, init: RequestInit = {}, bearer = key): Promise<{ status: number; body: Answer }> => {
  const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', connection: 'close' };
  const reply = await fetch(`${url}${path}`, { headers, ...init });
  return { status: reply.status, body: (await reply.json()) as Answer };
};

/** What there was of it then: a later release may say more. Numbers to 12 digits. */
function asThen(now: unknown, before: unknown): unknown {
  if (typeof now === 'number') return Number(now.toPrecision(12));
  if (Array.isArray(now) && Array.isArray(before)) return now.map((one, at) => asThen(one, before[at]));
  if (typeof now !== 'object' || now === null || typeof before !== 'object' || before === null) return now;
  const [present, past] = [now as Answer, before as Answer];
  return Object.fromEntries(Object.keys(past).map((name) => [name, asThen(present[name], past[name])]));
}

beforeAll(async () => {
  server = await DebianPostgres.make();
  server.initialize('data');
  server.start('data');
  for (const name of ['roles.sql', 'xperf.dump']) cpSync(`${here}/${name}`, `${server.folder}/${name}`);
  server.run(under('The database, back'), { BACKUP: server.folder });
  const migrations = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));
  const { applied } = await prepareDatabase(server.url('xperf'), migrations, {});
  expect(applied).toContain('20261219000000_notifications');
  writeFileSync(`${server.folder}/rebase.sql`, under('The database, back', 'sql'), { mode: 0o644 });
  server.run('psql --quiet --set=ON_ERROR_STOP=1 --dbname=xperf --file=rebase.sql');
  const databaseUrl = server.url('xperf', 'coordinator');
  const settings = readSettings({ DATABASE_URL: databaseUrl, PORT: '0', XF_LOCAL_KEY: key });
  coordinator = await createCoordinator(settings, createLog({ level: 'fatal', base: {} }));
  url = await coordinator.listen();
  db = createPrisma(databaseUrl);
  await untilFilled(db);
  await untilFollowed(db);
});
afterAll(async () => {
  await coordinator.stop();
  await db.$disconnect();
  server.stop('data');
  server.remove();
});

describe('a database of the last release', () => {
  it('has the same hosts, which are silent since their worker has gone', async () => {
    const of = ({ items }: Answer): Answer[] => (items as Answer[]).map(({ state: _state, ...host }) => host);
    const { body } = await ask('/v1/hosts');
    expect((body['items'] as Answer[]).map(({ state }) => state)).toEqual(['silent', 'silent', 'silent']);
    const before = of(then('/v1/hosts'));
    expect(asThen(of(body), before)).toEqual(asThen(before, before));
  });

  it.each(['jobs', 'runs?limit=100', 'keys'])('has the same /v1/%s', async (what) => {
    const before = then(`/v1/${what}`);
    const { body } = await ask(`/v1/${what}`);
    expect(asThen(body, before)).toEqual(asThen(before, before));
  });

  it('has the same results of each job and figures of each run', async () => {
    const paths = pathsLike(/^\/v1\/(jobs\/.*\/results|runs\/.*)$/);
    expect(paths).toHaveLength(3 + 17);
    for (const path of paths) {
      const { body } = await ask(path);
      expect({ path, body: asThen(body, then(path)) }).toEqual({ path, body: asThen(then(path), then(path)) });
    }
  });

  it.each(pathsLike(/compare/))('comes to the same verdict: %s', async (path) => {
    const figures = ({ a, b, unit, ratio, interval, verdict, refusals }: Answer): Answer => ({
      ...{ a, b, unit, ratio, interval, verdict, refusals },
    });
    const { body } = await ask(path);
    expect(asThen(figures(body), figures(then(path)))).toEqual(asThen(figures(then(path)), figures(then(path))));
  });

  it('takes its worker, which knows nothing of this release', async () => {
    for (const { method, path, body } of recorded.said) {
      const { status, body: reply } = await ask(path, { method, body: JSON.stringify(body) }, recorded.workerKey);
      expect({ path, status, reply }).toMatchObject({ status: 200 });
    }
  });

  it('goes on with what waited', async () => {
    const { body } = await ask(`/v1/runs?jobId=${open?.jobId}`);
    const runs = body['items'] as RunView[];
    expect(runs.map(({ state }) => state)).toEqual(['queued', 'queued']);
    for (const { runId } of runs) await measure(db, runId, 1, { faults: 300 });
    await eventually('the job has ended', async () => (await ask(`/v1/jobs/${open?.jobId}`)).body['state'] === 'ended');
    expect((await ask(`/v1/jobs/${open?.jobId}`)).body).toMatchObject({ outcome: 'completed', samples: 600 });
  });
});
