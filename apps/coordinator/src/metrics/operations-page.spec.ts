import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { readinessSchema } from '../health/checks.js';
import { Metrics } from './metrics.js';

describe('docs/operations.md', () => {
  let page: string;
  beforeAll(async () => {
    page = await readFile(new URL('../../../../docs/operations.md', import.meta.url), 'utf8');
  });
  /** The rows of the table under a heading: the cells of each, but for its last one, without backticks. */
  const rowsUnder = (heading: string): string[][] =>
    (page.split(`## ${heading}\n`)[1]?.split(/\n## /)[0] ?? '')
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) =>
        line
          .split('|')
          .slice(1, -2)
          .map((cell) => cell.replaceAll('`', '').trim()),
      );

  it('says of each check of health what to do when it is red, and of no other', () => {
    const checks = Object.keys(readinessSchema.shape.checks.shape);
    expect(rowsUnder('When a check is red').map(([name]) => name)).toEqual(checks);
  });

  it('has each metric of ours with its labels, and no other', async () => {
    const nothing = {} as never;
    const { registry } = new Metrics(nothing, nothing, nothing, nothing);
    const ours = (await registry.getMetricsAsJSON()).map(({ name }) => name).filter((name) => name.startsWith('xf_'));
    const labels = (name: string): string =>
      (registry.getSingleMetric(name) as unknown as { labelNames: string[] }).labelNames.join(', ');
    expect(rowsUnder('Metrics').sort()).toEqual(ours.map((name) => [name, labels(name)]).sort());
  });
});
