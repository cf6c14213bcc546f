import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { dataFolder, isRunning, readDocument, startFleet, xf } from './fleet-process.js';
import { eventually } from '../eventually.js';

const startLimitMs = 60_000;

describe('npm start', () => {
  let home: string;
  let remove: () => Promise<void>;
  beforeEach(async () => ({ home, remove } = await dataFolder()));
  afterEach(() => remove());

  it(
    'measures once, prints one document and leaves no process; a second start adds to the history',
    async () => {
      const first = await startFleet(home, ['--once']).exit;
      expect(first).toMatchObject({ code: 0 });
      const document = readDocument(first.stdout);
      const simulated = document.results.rows.filter(({ provenance }) => provenance === 'simulated');
      expect(new Set(simulated.map(({ hostId }) => hostId)).size).toBe(5);
      expect(simulated.map(({ metric }) => metric).sort()).toEqual([
        ...Array<string>(5).fill('k2u'),
        ...Array<string>(5).fill('u2k'),
      ]);
      for (const row of document.results.rows) expect(row).toMatchObject({ runs: 5, lost: 0 });
      expect(document.comparison).toMatchObject({ metric: 'u2k', a: { runs: 5 }, b: { runs: 5 } });
      expect(document.comparison.ratio).not.toBeNull();
      expect(Object.values(document.pids).filter(isRunning)).toEqual([]);
      expect((await stat(path.join(home, 'secrets.json'))).mode & 0o077).toBe(0);

      const second = readDocument((await startFleet(home, ['--once']).exit).stdout);
      expect(second.earlierJobs).toBe(1);
      expect(second.job.jobId).not.toBe(document.job.jobId);
    },
    2 * startLimitMs,
  );

  it(
    'goes on without a C compiler and says what to install',
    async () => {
      const programs = path.join(home, 'bin');
      await mkdir(programs);
      for (const program of ['setpriv', 'sh', 'env'])
        await symlink(`/usr/bin/${program}`, path.join(programs, program));
      const { code, stdout } = await startFleet(home, ['--once'], { PATH: programs }).exit;
      const { results } = readDocument(stdout);
      expect(code).toBe(0);
      expect(results.rows.every(({ provenance }) => provenance === 'simulated')).toBe(true);
      expect(results.failures.map(({ failure }) => failure?.code)).toEqual(['compiler-missing', 'compiler-missing']);
      expect(results.failures[0]?.failure?.remedy).toContain('apt install');
    },
    startLimitMs,
  );

  it(
    'recovers by itself from a start that was killed while it measured',
    async () => {
      // Long enough that the kill comes in the middle.
      const killed = startFleet(home, ['--runs', '40']);
      await eventually('a run has ended', () => /[1-9]\d*\/\d+ runs/.test(killed.stderr()));
      const local = JSON.parse(await readFile(path.join(home, 'local.json'), 'utf8')) as { pid: number };
      expect(local.pid).toBe(killed.pid);
      killed.kill('SIGKILL');
      expect(await killed.exit).toMatchObject({ signal: 'SIGKILL' });

      const next = startFleet(home);
      const { earlierJobs, job } = await next.document;
      expect({ earlierJobs, outcome: job.outcome }).toEqual({ earlierJobs: 1, outcome: 'completed' });
      const { items } = JSON.parse((await xf(home, ['jobs', '--json'])).stdout) as { items: { jobId: string }[] };
      const older = items.find(({ jobId }) => jobId !== job.jobId);
      // What was planned before the kill is done to the last run; watch exits 0 only then.
      expect(await xf(home, ['watch', older?.jobId ?? ''])).toMatchObject({ code: 0 });
      next.kill('SIGTERM');
      expect(await next.exit).toMatchObject({ code: 0 });
    },
    3 * startLimitMs,
  );

  it(
    'says which folder it can not write and how to choose another',
    async () => {
      const file = path.join(home, 'a-file');
      await writeFile(file, '');
      const { code, stderr, stdout } = await startFleet(path.join(file, 'data'), ['--once']).exit;
      expect(code).toBe(1);
      expect(stderr).toMatch(/a-file.*\n→ .*XF_HOME/);
      expect(JSON.parse(stdout)).toMatchObject({ error: { exitCode: 1 } });
    },
    startLimitMs,
  );
});
