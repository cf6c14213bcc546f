// xf demo in a data folder of its own: made, stopped half way and completed, served, removed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { eventually } from '../eventually.js';
import { dataFolder, type Exit, xf } from './fleet-process.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
jest.setTimeout(240_000);

let home: string;
let remove: () => Promise<void>;
beforeAll(async () => ({ home, remove } = await dataFolder()));
afterAll(() => remove());

const small = ['--days', '40', '--hosts', '2', '--runs', '2', '--samples', '100', '--until', '2026-11-20'];
const demo = (...words: string[]): Promise<Exit> => xf(home, ['demo', ...words]);
const marker = (): { state: string; runs: number } =>
  JSON.parse(readFileSync(path.join(home, 'demo', 'demo.json'), 'utf8')) as { state: string; runs: number };

it('goes on after Ctrl-C, is never served by half, and goes when it is told to', async () => {
  const child = spawn(process.execPath, ['scripts/xf.mjs', 'demo', ...small], {
    cwd: root,
    env: { ...process.env, XF_HOME: home, NODE_OPTIONS: '' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => (told += part));
  const exit = once(child, 'exit');
  await eventually('its store is there', () => told.includes('applied'));
  child.kill('SIGINT');
  // Where it was quicker than the signal, there is nothing left to go on with.
  const [code] = (await exit) as [number];
  expect({ code, state: marker().state }).toEqual(
    code === 130 ? { code: 130, state: 'building' } : { code: 0, state: 'complete' },
  );
  expect(existsSync(path.join(home, 'demo', 'local.json'))).toBe(false);

  const served = await xf(home, ['up', '--demo', '--once', '--port', '0', '--json']);
  expect({ code: served.code, stderr: served.code === 0 ? '' : served.stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(served.stdout)).toMatchObject({
    marker: { state: 'complete', runs: 160 },
    url: expect.any(String),
  });
  expect(JSON.parse(readFileSync(path.join(home, 'demo', 'story.json'), 'utf8'))).toMatchObject({
    demo: true,
    runs: 160,
  });

  const again = JSON.parse((await demo(...small, '--json')).stdout) as { stood: boolean };
  expect(again.stood).toBe(true);
  const other = await demo('--days', '3');
  expect({ code: other.code, told: other.stderr }).toEqual({
    code: 1,
    told: expect.stringMatching('another demo stands in'),
  });

  expect((await demo('--remove')).stdout).toContain('removed the demo');
  expect(existsSync(path.join(home, 'demo'))).toBe(false);
  expect((await demo('--remove')).stdout).toContain('there is no demo');
});
