import { createServer } from 'node:net';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Page, type RunView, runDetailSchema } from '#contracts';
import {
  dataFolder,
  type Exit,
  isRunning,
  npmStart,
  type Started,
  startFleet,
  type UpDocument,
  xf,
} from './fleet-process.js';
import { exitCodes } from '../../apps/cli/src/exit-codes.js';
import { eventually } from '../eventually.js';

const limitMs = 60_000;
/** A start takes 15 s of CPU, and the machine may have other work. */
const startLimitMs = 240_000;

jest.setTimeout(limitMs);

describe('a served fleet', () => {
  let home: string;
  let remove: () => Promise<void>;
  let fleet: Started;
  let document: UpDocument;

  beforeAll(async () => {
    ({ home, remove } = await dataFolder());
    fleet = npmStart(home);
    document = await fleet.document;
  }, startLimitMs);
  afterAll(async () => {
    fleet.kill('SIGKILL');
    await fleet.exit;
    await remove();
  });

  const xfJson = async <T>(...args: string[]): Promise<T> => {
    const { code, stdout, stderr } = await xf(home, [...args, '--json']);
    if (code !== 0) throw new Error(`xf ${args.join(' ')}: ${code}: ${stderr}`);
    return JSON.parse(stdout) as T;
  };
  const shortJob = ['submit', '--host', 'sim-zen3', '--runs', '5', '--faults', '200', '--watch'];
  const aRun = async (): Promise<RunView> => {
    const page = await xfJson<Page<RunView>>('runs', '--job', document.job.jobId, '--host', 'sim-zen3');
    const run = page.items[0];
    if (run === undefined) throw new Error('the main job has no run on sim-zen3');
    return run;
  };

  it('answers at the addresses it named', async () => {
    const { health, apiDocs } = document.addresses;
    expect(await (await fetch(health)).json()).toMatchObject({ status: 'up' });
    expect((await fetch(apiDocs)).status).toBe(200);
  });

  it('is found by xf through a file that only its owner can read', async () => {
    expect((await stat(path.join(home, 'local.json'))).mode & 0o077).toBe(0);
    const { items } = await xfJson<Page<{ hostId: string }>>('hosts');
    expect(items.map(({ hostId }) => hostId)).toEqual(expect.arrayContaining(['sim-haswell-ep', 'sim-zen3']));
  });

  it('shows a run, its raw log and its samples', async () => {
    const { runId, samples } = await aRun();
    expect(runDetailSchema.parse(await xfJson('runs', runId))).toMatchObject({ runId, samples });
    const raw = await xf(home, ['runs', runId, '--raw']);
    expect(raw.stdout).toMatch(/xperf: magic=0x19940619 v=1 run=[0-9a-f]{8} begin/);
    const csv = (await xf(home, ['export', runId, '--format', 'csv'])).stdout.trim().split('\n');
    expect(csv).toHaveLength(samples + 1);
    const ndjson = (await xf(home, ['export', '--job', document.job.jobId, '--probe', 'pf'])).stdout.trim().split('\n');
    const { rows } = document.results;
    const stored = rows.filter(({ metric }) => metric === 'u2k').reduce((sum, row) => sum + row.samples, 0);
    expect(stored).toBeGreaterThan(5 * 5 * 500 * 0.99); // the hook rejects a few, the simulated one too
    expect(ndjson).toHaveLength(stored);
    expect(JSON.parse(ndjson[0] ?? '')).toMatchObject({ hostId: expect.any(String), u2k: expect.any(Number) });
  });

  it('compares what selectors choose, once what differs besides is allowed', async () => {
    const question = ['compare', 'host=sim-haswell-ep', 'host=sim-haswell-ep-vm', '--metric', 'u2k'];
    const refused = await xf(home, [...question, '--job', document.job.jobId]);
    expect(refused.code).toBe(4);
    expect(refused.stdout.replace(/\s+/g, ' ')).toContain('a and b differ in virt (bare against vm)');
    const allowed = [...question, '--job', document.job.jobId, '--allow', 'virt'];
    const comparison = await xfJson<{ ratio: number | null; verdict: string }>(...allowed);
    expect(comparison.ratio).toEqual(expect.any(Number));
  });

  it.each<[string, string[], number, RegExp]>([
    ['an unknown run', ['runs', '0192f0c1-2345-7abc-8def-0123456789ab'], 4, /404/],
    ['a selector that matches nothing', ['submit', '--selector', 'generation=none'], 4, /selector/],
    ['a job over its limits', ['submit', '--selector', '*', '--faults', '99999999'], 4, /faults/],
    ['a wrong key', ['jobs', '--key', 'xf_read_wrong'], 4, /401/],
  ])('refuses %s with the field and a remedy', async (_, args, code, words) => {
    const refused = await xf(home, args);
    expect(refused.code).toBe(code);
    expect(refused.stderr).toMatch(words);
    expect(refused.stderr).toMatch(/\n→ \S/);
  });

  it(
    'carries out the commands of docs/command-line.md',
    async () => {
      const page = await readFile('docs/command-line.md', 'utf8');
      const block = /```\n(.*?)```/s.exec(page)?.[1] ?? '';
      const lines = block.split('\n').filter((line) => line !== '');
      expect(lines.length).toBeGreaterThan(20);
      for (const line of lines) {
        const typed = [...line.replace(/\s+#.*/, '').matchAll(/'([^']*)'|(\S+)/g)];
        const [program, ...words] = typed.map(([, quoted, plain]) => quoted ?? plain ?? '');
        expect(program).toBe('./xf');
        let last: Exit | undefined;
        // A job that was just submitted is in no listing yet: the read model follows.
        await eventually(line, async () => {
          last = await xf(home, words);
          return last.code !== exitCodes.refused;
        }).catch(() => undefined);
        const { code, stderr } = last ?? {};
        expect({ line, code, stderr: code === 0 ? '' : stderr }).toEqual({ line, code: 0, stderr: '' });
      }
    },
    startLimitMs,
  );

  it('repeats a job under the same Idempotency-Key instead of doubling it', async () => {
    const words = ['submit', '--host', 'sim-zen3', '--runs', '1', '--faults', '10', '--idempotency-key', 'e2e'];
    const [one, two] = [await xfJson<{ jobId: string }>(...words), await xfJson<{ jobId: string }>(...words)];
    expect(two.jobId).toBe(one.jobId);
    expect((await xf(home, [...words, '--seed', '7'])).code).toBe(4);
  });

  it('tells a second start where it runs', async () => {
    const { code, stderr } = await startFleet(home).exit;
    expect(code).toBe(1);
    expect(stderr).toContain(new URL(document.addresses.console).origin);
  });

  it('refuses a port that is taken and names the remedy', async () => {
    const other = await dataFolder();
    const taken = createServer();
    await once(taken.listen(0, '127.0.0.1'), 'listening');
    const { port } = taken.address() as { port: number };
    const refused: Exit = await startFleet(other.home, ['--once', '--port', String(port)]).exit;
    taken.close();
    await other.remove();
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(new RegExp(`port ${port} .*taken\\n→ .*--port`));
  });

  it.each(['worker', 'coordinator', 'postgres'] as const)('goes on after the %s was killed', async (name) => {
    const before = fleet.stderr().length;
    const pids = document.pids;
    process.kill(pids[name], 'SIGKILL');
    await eventually('it is started again', () => /starting it again/.test(fleet.stderr().slice(before)));
    await eventually(
      'health answers',
      async () => (await fetch(document.addresses.health).catch(() => null))?.ok === true,
    );
    const followed = await eventually('a job runs through', async () => {
      const done = await xf(home, [...shortJob, '--json']);
      return done.code === 0 ? done : null;
    });
    expect(followed.stdout).toContain('"outcome":"completed"');
  });

  it('leaves no process behind at Ctrl-C', async () => {
    const lines = fleet.stderr();
    fleet.kill('SIGINT');
    expect(await fleet.exit).toMatchObject({ code: 0 });
    const cluster = path.join(home, 'postgres', 'cluster');
    await expect(readFile(path.join(cluster, 'postmaster.pid'))).rejects.toThrow('ENOENT');
    await expect(stat(path.join(home, 'local.json'))).rejects.toThrow('ENOENT');
    const known = [...lines.matchAll(/pid (\d+)/g)].map(([, pid]) => Number(pid));
    expect([...known, ...Object.values(document.pids)].filter(isRunning)).toEqual([]);
  });
});
