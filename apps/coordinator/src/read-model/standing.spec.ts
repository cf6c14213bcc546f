import { describe, expect, it } from '@jest/globals';
import type { Projection } from '../projections/projection.js';
import { dueFill, mayFollow, type Standing } from './standing.js';

const base: Projection = { name: 'base', version: 3, tables: [], batchSize: 1, fold: () => Promise.resolve() };
const rollup: Projection = { ...base, name: 'rollup', version: 2, reads: base };
const filled: Standing = {
  ...{ version: 3, generation: 5, readGeneration: null },
  ...{ fillingVersion: null, fillingReadGeneration: null, rebuildAsked: false },
};
const rolledUp: Standing = { ...filled, version: 2, readGeneration: 5 };

describe('what is due for a projection', () => {
  it.each<[string, Partial<Standing>, ReturnType<typeof dueFill>]>([
    ['of this version', {}, 'nothing'],
    ['never filled', { version: null }, 'begin'],
    ['of an older version', { version: 2 }, 'begin'],
    ['of a newer release', { version: 4, rebuildAsked: true }, 'nothing'],
    ['that a newer release fills', { fillingVersion: 4 }, 'nothing'],
    ['that is asked to be rebuilt', { rebuildAsked: true }, 'begin'],
    ['that is being filled', { version: 2, fillingVersion: 3 }, 'go on'],
    ['that is being rebuilt', { fillingVersion: 3 }, 'go on'],
    ['that an older release began to fill', { version: 1, fillingVersion: 2 }, 'begin'],
  ])('%s', (_, changed, due) => {
    expect(dueFill(base, { ...filled, ...changed }, undefined)).toBe(due);
  });

  it.each<[string, Partial<Standing>, Partial<Standing>, ReturnType<typeof dueFill>]>([
    ['filled from the tables that are there', {}, {}, 'nothing'],
    ['filled from tables that were swapped since', { readGeneration: 4 }, {}, 'begin'],
    ['being filled from them', { version: 1, fillingVersion: 2, fillingReadGeneration: 5 }, {}, 'go on'],
    ['being filled from others', { version: 1, fillingVersion: 2, fillingReadGeneration: 4 }, {}, 'begin'],
    ['while those are to be filled', { version: 1 }, { version: 1 }, 'nothing'],
    ['while those are being filled', { version: 1 }, { fillingVersion: 3 }, 'nothing'],
    ['while a newer release keeps those', { version: 1 }, { version: 4 }, 'begin'],
  ])('that reads others, %s', (_, changed, read, due) => {
    expect(dueFill(rollup, { ...rolledUp, ...changed }, { ...filled, ...read })).toBe(due);
  });
});

it('follows what it or an older release filled', () => {
  expect([null, 2, 3, 4].map((version) => mayFollow(3, { ...filled, version }))).toEqual([false, true, true, false]);
});
