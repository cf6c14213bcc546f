import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lastLines, rotate, wordsOf } from './log-file.js';

describe('rotate', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'xperf-fleet-log-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('empties a large log under the process that writes it, and keeps the one before', async () => {
    const file = path.join(folder, 'one.log');
    const log = await open(file, 'a');
    await log.write('old\n'.repeat(10));
    await rotate(file, 39);
    await log.write('new\n');
    await rotate(file, 39); // not large yet
    expect(await readFile(file, 'utf8')).toBe('new\n');
    expect(await readFile(`${file}.1`, 'utf8')).toBe('old\n'.repeat(10));
    expect(await lastLines(file, 6, 40)).toEqual(['new']); // from where a process began, before the rotation
    await log.close();
  });

  it('leaves a log that is not there alone', async () => {
    await rotate(path.join(folder, 'none.log'));
    await writeFile(path.join(folder, 'small.log'), 'x\n');
    await rotate(path.join(folder, 'small.log'));
    await expect(readFile(path.join(folder, 'small.log.1'))).rejects.toThrow(/ENOENT/);
  });
});

describe('wordsOf', () => {
  it.each([
    ['{"level":50,"time":1,"msg":"no","err":{"message":"why"}}', 'error: no: why'],
    ['{"level":40,"error":"why"}', 'warn: why'],
    ['{"level":30,"msg":"up","error":{"message":"none"}}', 'info: up: none'],
    ['PORT: 3000 is taken', 'PORT: 3000 is taken'],
    ['{"level":30,"msg":"cut o', '{"level":30,"msg":"cut o'],
    ['{"other":"json"}', '{"other":"json"}'],
  ])('%s', (line, words) => {
    expect(wordsOf(line)).toBe(words);
  });
});
