import { describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { kernelSeriesNames, kernelSeriesOf, usualSeries } from './kernel-series.mjs';

const kernel = join(process.cwd(), 'kernel');
const named = (folder: string, pattern: RegExp): string[] =>
  readdirSync(join(kernel, folder)).flatMap((file) => pattern.exec(file)?.[1] ?? []);

describe('kernel series', () => {
  it('are those that have a file, and each has its patch for review', () => {
    expect([...kernelSeriesNames].sort()).toEqual(named('series', /^(\d+\.\d+)\.mjs$/).sort());
    expect([...kernelSeriesNames].sort()).toEqual(named('patches', /^(.+)\.patch$/).sort());
  });

  it('stand in the order of their age, each once', () => {
    const asNumbers = kernelSeriesNames.map((name) => name.split('.').map(Number));
    const sorted = [...asNumbers].sort(([a = 0, b = 0], [c = 0, d = 0]) => a - c || b - d);
    expect(asNumbers).toEqual(sorted);
    expect(new Set(kernelSeriesNames).size).toBe(kernelSeriesNames.length);
    expect(kernelSeriesNames).toContain(usualSeries);
  });

  it('refuses another one, and lists what there is', () => {
    expect(() => kernelSeriesOf('5.10')).toThrow(
      `unknown kernel series 5.10: the hook knows ${kernelSeriesNames.join(', ')}`,
    );
  });
});
