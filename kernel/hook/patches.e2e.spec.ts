import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kernelSeriesNames } from '../series/kernel-series.mjs';
import { anchorsOf } from './anchors.mjs';

describe('the patches kept for review', () => {
  it.each(kernelSeriesNames)('%s holds exactly the lines of the anchors and none of the kernel', (series) => {
    const patch = readFileSync(join(process.cwd(), 'kernel', 'patches', `${series}.patch`), 'utf8');
    const body = patch.split('\n').filter((line) => !line.startsWith('#'));
    const ours = anchorsOf(series).flatMap(({ insert }) => insert.map((line) => `+${line}`));
    expect(body.filter((line) => line.startsWith('+') && !line.startsWith('+++')).sort()).toEqual(ours.sort());
    expect(body.filter((line) => line !== '' && !/^(\+|--- |@@ )/.test(line))).toEqual([]);
  });
});
