import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exitCodes } from '../exit-codes.js';
import { xfAlone } from '../testing/xf-alone.js';

let folder: string;
beforeAll(async () => (folder = await mkdtemp(path.join(tmpdir(), 'xf-stats-'))));
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content: string): Promise<string> {
  await writeFile(path.join(folder, name), content);
  return path.join(folder, name);
}

const stats = (...words: string[]) => xfAlone('stats', ...words);

const old = '3069 3075 3069 3067 3207\n3064, 3064, 3058, 3059, 3062 # benchstat, gob\n';
const next = '[3075, 3065, 3059, 3065, 3060, 3081, 3186, 3135, 3087, 3062]';

describe('xf stats', () => {
  it('compares two files as JSON', async () => {
    const { code, out } = await stats('--json', 'compare', await file('a', old), await file('b', next));
    expect(code).toBe(exitCodes.ok);
    expect(JSON.parse(out)).toMatchObject({
      medianA: 3065.5,
      medianB: 3070,
      ratio: 3070 / 3065.5,
      ratioInterval: { confidence: 0.95 },
      pExact: expect.closeTo(0.4461, 4),
      u: 39.5,
      hodgesLehmann: { shift: 3, low: -5, high: 23 },
      cliffsDelta: expect.closeTo(0.21, 10),
      energy: { distance: expect.closeTo(4.18, 10), statistic: expect.closeTo(20.9, 10) },
      verdict: 'equal',
    });
  });

  it('compares in words, within 80 columns', async () => {
    const { out } = await stats('compare', await file('a', old), await file('b', next));
    expect(out).toContain('b / a: 1.001 (+0.1 %), 95 % interval 0.998 to 1.008');
    expect(out).toContain('equal at a margin of 1 %');
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('gives no verdict on values that are all alike, unless the clock’s step is known', async () => {
    const [a, b] = [await file('a', '416 '.repeat(10)), await file('b', '442 '.repeat(10))];
    const [blind, told] = [await stats('compare', a, b), await stats('compare', a, b, '--step', '26')];
    expect(blind.out).toContain('inconclusive: all values of each side are alike');
    expect(told.out).toContain('inconclusive at a margin');
    const far = await stats('compare', a, await file('c', '832 '.repeat(10)), '--step', '26');
    expect(far.out).toContain('slower at a margin');
  });

  it('says which value stands in the way of a ratio', async () => {
    const { out } = await stats('compare', await file('a', '1 2 3 4 5'), await file('b', '1 2 -3 4 5'));
    expect(out).toContain('inconclusive: b has the value -3, and a ratio needs values above 0; go by the shift');
  });

  it('gives the interval of a median, and says when the values are too few', async () => {
    const { out } = await stats('--json', 'median-ci', await file('a', '1 2 3 4 5 6 7 8 9 10'));
    expect(JSON.parse(out)).toMatchObject({
      median: 5.5,
      low: 2,
      high: 9,
      coverage: expect.closeTo(0.9785, 4),
    });
    const few = await stats('median-ci', await file('b', '1\n2\n3\n'));
    expect(few.out).toContain('between 1 and 3 with 75 %; 3 values can’t reach 95 %');
    const one = await stats('median-ci', await file('b', '1\n'));
    expect(one.out).toContain('; 1 value can’t reach 95 %');
  });

  it('finds where a series changes, as JSON and in words', async () => {
    const series = '0.3 2.4 1.5 -0.9 -0.5 99.7 98.3 99.1 149 149.7 149.5 149.1 148.8 150';
    const { out } = await stats('--json', 'change-points', await file('c', series));
    expect(JSON.parse(out)).toMatchObject([
      { index: 5, direction: 'up' },
      { index: 8, effect: expect.closeTo(149.3 / 99.1 - 1, 10) as unknown, direction: 'up' },
    ]);
    const words = await stats('change-points', await file('c', series), '--detector', 'e-divisive');
    expect(words.out).toContain('2 changes in 14 points\npoints 0 to 4: median 0.3\npoints 5 to 7: median 99.1, ');
    expect((await stats('change-points', await file('d', '1 2'))).out).toBe(
      'no change in 2 points\npoints 0 to 1: median 1.5\n',
    );
    expect((await stats('change-points', await file('d', '1 2'), '--p', '3')).err).toContain('between 0 and 1');
    expect((await stats('change-points', await file('d', '1 2'), '--detector', 'cusum')).err).toContain('rank-sum');
  });

  it('plans: false alarms and power of an experiment', async () => {
    const { out } = await stats('--json', 'plan', '--hosts', '5', '--host-sd', '0.01', '--repetitions', '300');
    const plan = JSON.parse(out) as { falseAlarms: number; power: number; coverage: number };
    expect(plan.falseAlarms).toBeLessThan(0.05);
    expect(plan.power).toBeGreaterThan(0.9);
    expect(Math.abs(plan.coverage - 0.95)).toBeLessThan(0.04);
    const words = await stats('plan', '--scope', 'hosts', '--hosts', '1', '--runs', '4', '--repetitions', '100');
    expect(words.out).toMatch(/the same 1 host under a and b × 4 runs a side/);
  });

  it.each([
    ['no numbers', '# none\n', /has no numbers/],
    ['NaN', '1\nNaN\n', /line 2: "NaN" is not a number/],
    ['infinity', '1 Infinity', /line 1: "Infinity" is not a number/],
    [
      'a thousands separator',
      '1,000\n1,010\n',
      /line 1: "1,000" may be one number or several\n→ write numbers without/,
    ],
    ['thousands and a decimal point', '1,234,567.8', /"1,234,567.8" may be one number or several/],
    ['a decimal comma', '3.1\n3,14\n', /line 2: "3,14" may be one number or several/],
    ['a blank as thousands separator', '1 000\n', /line 1: "000" is no number by itself\n→ write 1000/],
    ['a narrow blank as thousands separator', '1\u202f234\n', /is not a number\n→ write 1000/],
    ['a unit of its own', '1.5 ns\n', /line 1: "ns" is not a number\n→ leave the units out/],
    ['a unit', '1.5ns\n', /"1.5ns" is not a number\n→ leave the units out/],
    ['a number beyond doubles', '1e400\n', /"1e400" is too large\n→ numbers up to 1.7e308/],
    ['more than a list of runs', '1 '.repeat(33 * 1024 * 1024), /larger than 64 MB/],
  ])(
    'refuses a file with %s',
    async (_, content, told) => {
      const { code, err } = await stats('median-ci', await file('bad', content));
      expect([code, told.test(err)]).toEqual([exitCodes.usage, true]);
    },
    60_000,
  );

  it.each([
    ['commas between numbers of four digits', '3064,3065,3058\n', [3058, 3064, 3065]],
    ['a JSON array', '[416,418,420]', [416, 418, 420]],
    ['a JSON array of two', '\uFEFF[1,\n3]\n', [1, 2, 3]],
    ['commas and blanks', '416, 418, 420 # 1,000', [416, 418, 420]],
  ])('takes %s', async (_, content, [low, median, high]) => {
    const { out } = await stats('--json', 'median-ci', await file('good', content));
    expect(JSON.parse(out)).toMatchObject({ low, median, high });
  });

  it.each([
    ['what never ends', ['median-ci', '/dev/zero'], /larger than 64 MB/],
    ['standard input twice', ['compare', '-', '-'], /standard input can be one side only/],
    ['a folder', ['median-ci', '/tmp'], /can't be read/],
    ['a file that is not there', ['median-ci', '/nowhere'], /nowhere can't be read/],
    ['a margin of 1', ['plan', '--margin', '1'], /between 0 and 1/],
    ['four hosts of a kind', ['plan', '--hosts', '4'], /4 hosts a side stand for themselves[\s\S]+--scope hosts/],
    ['single runs', ['plan', '--scope', 'hosts', '--runs', '1'], /--runs 2 or more/],
    ['an impossible effect', ['plan', '--effect', '-1'], /-1 is not a difference/],
    ['too much work', ['plan', '--hosts', '1000', '--runs', '1000'], /fewer repetitions/],
  ])(
    'refuses %s',
    async (_, words, told) => {
      const { code, err } = await stats(...words);
      expect([code, told.test(err)]).toEqual([exitCodes.usage, true]);
    },
    60_000,
  );
});
