import { describe, expect, it } from '@jest/globals';
import { compareQuerySchema, repeatOf } from '#contracts';
import { questionOf } from './compare.js';

const [one, two] = ['0192f0c1-2345-7abc-8def-0123456789ab', '0192f0c1-2345-7abc-8def-0123456789ac'];
const metric = 'u2k';

describe('xf compare', () => {
  it.each([
    [['a=1', 'b=2'], {}, { a: 'a=1', b: 'b=2' }],
    [['a=1', 'b=2'], { job: [one] }, { a: 'a=1', b: 'b=2', jobId: one }],
    [[], { job: [one, two] }, { a: `job=${one}`, b: `job=${two}` }],
    [['virt=bare'], { job: [one, two] }, { a: `job=${one},virt=bare`, b: `job=${two},virt=bare` }],
    [[], { before: '7d' }, { a: '*', before: '7d' }],
    [['host=h1'], { before: '7d', job: [one] }, { a: 'host=h1', before: '7d', jobId: one }],
  ])('%j with %j asks %j', (selectors, options, asked) => {
    expect(questionOf(selectors, { metric, ...options })).toEqual(asked);
  });

  it.each([
    [[], {}, /^there are no sides/],
    [['a=1'], {}, /^there is no side b/],
    [['a=1', 'b=2'], { job: [one, two] }, /^--job twice already makes the two sides/],
    [[], { job: [one, two, one] }, /^--job was given 3 times/],
    [[], { job: [one, two], before: '7d' }, /^--before and two --job can’t be combined/],
    [['a=1', 'b=2'], { before: '7d' }, /^--before splits one side in time, but there are two selectors/],
  ])('%j with %j is refused in the words of the command line', (selectors, options, message) => {
    expect(() => questionOf(selectors, { metric, ...options })).toThrow(message);
  });

  it('reads the command that an answer has as the question that it answers', () => {
    const query = compareQuerySchema.parse({
      a: 'kernel in (6.1.0,6.12.0),since=90d',
      b: `job=${one}`,
      metric,
      margin: 0.02,
    });
    const { command } = repeatOf(query, Date.parse('2030-01-01T00:00:00.123Z'));
    const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map((word) => word[1] ?? word[2] ?? '');
    expect(words.slice(0, 2)).toEqual(['xf', 'compare']);
    const question = questionOf(words.slice(2, 4), { metric });
    const again = compareQuerySchema.parse({ ...question, metric, margin: words[words.indexOf('--margin') + 1] });
    expect(again).toEqual({
      ...query,
      a: `${query.a},until=2030-01-01T00:00:00.123Z`,
      b: `${query.b},until=2030-01-01T00:00:00.123Z`,
    });
  });
});
