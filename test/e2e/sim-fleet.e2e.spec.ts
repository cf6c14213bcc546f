import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { HostView, JobView, Page } from '#contracts';
import { dataFolder, isRunning, type Started, startFleet, xf } from './fleet-process.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
jest.setTimeout(120_000);

let home: string;
let remove: () => Promise<void>;
let fleet: Started;

beforeAll(async () => {
  ({ home, remove } = await dataFolder());
  fleet = startFleet(home);
  await fleet.document;
});
afterAll(async () => {
  fleet.kill('SIGTERM');
  await fleet.exit;
  await remove();
});

it('xf sim fleet serves simulated hosts beside the fleet that runs, until Ctrl-C', async () => {
  const environment = { ...process.env, XF_HOME: home, NODE_OPTIONS: '', XF_URL: undefined, XF_KEY: undefined };
  const child = spawn(process.execPath, ['scripts/xf.mjs', '--json', 'sim', 'fleet', '--hosts', '25'], {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  const { hosts, measure } = JSON.parse(line) as { hosts: { hostId: string; machine: string }[]; measure: string };
  expect(hosts).toHaveLength(25);

  const listed = JSON.parse((await xf(home, ['hosts', '--json', '--limit', '200'])).stdout) as Page<HostView>;
  const served = listed.items.filter(({ workerId }) => workerId === 'sim-fleet');
  expect(served.map(({ hostId }) => hostId).sort()).toEqual(hosts.map(({ hostId }) => hostId).sort());
  for (const { labels } of served) expect(labels).toMatchObject({ fleet: 'sim-fleet-25-1', provenance: 'simulated' });

  // The command that it names, with less to do.
  const words = measure.replace(/^xf /, '').replace('--runs 3', '--runs 1').replace('--faults 1000', '--faults 100');
  const { stdout, code, stderr } = await xf(home, [...words.split(' '), '--json']);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('"completed"');
  const jobs = JSON.parse((await xf(home, ['jobs', '--json'])).stdout) as Page<JobView>;
  expect(jobs.items[0]).toMatchObject({ outcome: 'completed', runs: { completed: 25, total: 25 } });

  child.kill('SIGINT');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(isRunning(child.pid ?? 0)).toBe(false);
  expect(isRunning(fleet.pid)).toBe(true);
});
