import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { takeLock } from '../../scripts/setup/folder-lock.mjs';

describe('takeLock', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'xf-lock-'));
    file = path.join(folder, 'start.lock');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('tells the second comer who holds it', () => {
    const first = takeLock(file);
    if (!first.taken) throw new Error('the folder is empty, so the lock is free');
    expect(takeLock(file)).toMatchObject({ taken: false, holder: { pid: process.pid } });
    first.release();
    expect(takeLock(file).taken).toBe(true);
  });

  it('takes over from a process that was killed', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    await writeFile(file, JSON.stringify({ pid: child.pid, startedAt: null, since: '' }));
    expect(takeLock(file).taken).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(takeLock(file).taken).toBe(true);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ pid: process.pid });
  });

  it('does not take a reused process id for the old holder', async () => {
    await writeFile(file, JSON.stringify({ pid: process.pid, startedAt: '1', since: '' }));
    expect(takeLock(file).taken).toBe(true);
  });

  it('takes over a damaged lock and leaves no other file behind', async () => {
    await writeFile(file, '{"pid":');
    expect(takeLock(file).taken).toBe(true);
    expect(await readdir(folder)).toEqual(['start.lock']);
  });
});
