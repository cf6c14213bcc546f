import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xperf-fleet-log-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A process that logs to a file and answers over HTTP until told to exit. */
async function start(logFile: string): Promise<{ url: string; ended: Promise<unknown> }> {
  const log = await open(logFile, 'a');
  const child = spawn(
    process.execPath,
    ['--import', './test/typescript-loader.mjs', 'test/logging/logging-server.ts'],
    { stdio: ['ignore', log.fd, 'inherit', 'ipc'] },
  );
  await log.close();
  const ended = once(child, 'exit');
  const [url] = (await Promise.race([once(child, 'message'), ended])) as [string];
  return { url, ended };
}

describe('a process whose log can not be written', () => {
  it('answers, logs on and ends when asked', async () => {
    const { url, ended } = await start('/dev/full');
    for (let i = 0; i < 20; i += 1) {
      const reply = await fetch(`${url}/health`, { signal: AbortSignal.timeout(10_000) });
      expect(reply.status).toBe(200);
    }
    await fetch(`${url}/exit`).catch(() => undefined); // it goes without an answer
    expect(await ended).toEqual([3, null]);
  }, 60_000);
});

describe('a process that exits right after its last words', () => {
  it('has written all of them', async () => {
    const logFile = join(folder, 'log');
    const { url, ended } = await start(logFile);
    await fetch(`${url}/exit`).catch(() => undefined);
    await ended;
    const lines = (await readFile(logFile, 'utf8')).trim().split('\n');
    const words = lines.map((line) => (JSON.parse(line) as { msg: string }).msg);
    // Those after the exit may overtake the one that was being written.
    expect(words.sort()).toEqual(['exiting', 'from an exit handler', 'last words', 'listening', 'request']);
  }, 60_000);
});
