// xf demo in a data folder of its own: made, stopped half way and completed, served, removed, by the commands of docs/demo.md.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { eventually } from '../eventually.js';
import { dataFolder, type Exit, type Started, startProgram, xf } from './fleet-process.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
jest.setTimeout(480_000);

let home: string;
let remove: () => Promise<void>;
let server: Started | undefined;
beforeAll(async () => ({ home, remove } = await dataFolder()));
afterAll(async () => {
  server?.kill('SIGTERM');
  await server?.exit;
  await remove();
});

const small = ['--days', '40', '--hosts', '2', '--runs', '2', '--samples', '100', '--until', '2026-11-20'];
const demo = (...words: string[]): Promise<Exit> => xf(home, ['demo', ...words]);
const marker = (): { state: string; runs: number } =>
  JSON.parse(readFileSync(path.join(home, 'demo', 'demo.json'), 'utf8')) as { state: string; runs: number };

/** The commands of the document's first block, without what they are said to do. */
const [serve = '', make = '', takeAway = ''] = (
  /```\n(.*?)```/s.exec(readFileSync(path.join(root, 'docs/demo.md'), 'utf8'))?.[1] ?? ''
)
  .split('\n')
  .map((line) => line.replace(/\s+#.*/, ''));

/** Runs a command of the document, as a shell would, with these words more. */
function documented(command: string, more: readonly string[], data = home): Started {
  const [program = '', ...words] = command.split(' ');
  return startProgram(program, [...words, ...more], data, {});
}

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

  server = documented(serve, ['--port', '0']);
  const serving = eventually('it is served', () => server?.stderr().includes('serving until Ctrl-C'), 180_000);
  expect(await Promise.race([serving.then(() => ''), server.exit.then(({ stderr }) => stderr)])).toBe('');
  expect(marker()).toMatchObject({ state: 'complete', runs: 160 });
  // As the document and the server say: other commands find it by its folder.
  expect(server.stderr()).toContain(`XF_HOME=${path.join(home, 'demo')}`);
  const found = await xf(path.join(home, 'demo'), ['hosts', '--json']);
  const { items } = JSON.parse(found.stdout) as { items: { hostId: string; labels: object; provenance: string[] }[] };
  expect(items.map(({ hostId, labels }) => ({ hostId, labels }))).toEqual(
    ['demo-01', 'demo-02'].map((hostId) => ({
      hostId,
      labels: expect.objectContaining({ demo: 'simulated', provenance: 'simulated' }),
    })),
  );
  expect((await xf(path.join(home, 'demo'), ['hosts', '-o', 'wide'])).stdout).toContain('simulator: pf (simulated)');
  const beside = await demo(...small);
  expect({ code: beside.code, told: beside.stderr }).toEqual({
    code: 1,
    told: expect.stringMatching('the demo is being served'),
  });
  expect((await demo('--remove')).stderr).toContain('the demo is being served');
  server.kill('SIGINT');
  expect((await server.exit).code).toBe(0);
  expect(JSON.parse(readFileSync(path.join(home, 'demo', 'story.json'), 'utf8'))).toMatchObject({
    demo: true,
    runs: 160,
  });

  const again = await documented(make, [...small, '--json']).exit;
  expect(JSON.parse(again.stdout)).toMatchObject({ stood: true });
  const other = await demo('--days', '3');
  expect({ code: other.code, told: other.stderr }).toEqual({
    code: 1,
    told: expect.stringMatching('there is another demo in'),
  });

  expect((await documented(takeAway, []).exit).stdout).toContain('removed the demo');
  expect(existsSync(path.join(home, 'demo'))).toBe(false);
  expect((await demo('--remove')).stdout).toContain('there is no demo');
});
