import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { inRoot, stampFolder } from './project.mjs';
import { remembered } from './remembered.mjs';

const name = `spec-${process.pid}`;
const file = `.xf/${name}.txt`;
const later = (): number => Date.now() + 60_000;

beforeEach(() => {
  mkdirSync(inRoot('.xf'), { recursive: true });
  writeFileSync(inRoot(file), 'one');
});
afterEach(() => {
  rmSync(inRoot(file), { force: true });
  rmSync(path.join(stampFolder, `${name}.seen`), { force: true });
});

it('is worked out once while no file changes, and again when one has', () => {
  const work = jest.fn(() => 'found');
  expect([1, 2, 3].map(() => remembered(name, [file], ['w'], work, later()))).toEqual(['found', 'found', 'found']);
  expect(work).toHaveBeenCalledTimes(1);
  writeFileSync(inRoot(file), 'two, longer');
  remembered(name, [file], ['w'], work, later());
  expect(work).toHaveBeenCalledTimes(2);
  remembered(name, [file], ['another word'], work, later());
  expect(work).toHaveBeenCalledTimes(3);
});

it('is not kept while a file is so new that it might be written again unseen', () => {
  const work = jest.fn(() => 'found');
  for (let i = 0; i < 2; i += 1) remembered(name, [file], [], work, Date.now());
  expect(work).toHaveBeenCalledTimes(2);
});
