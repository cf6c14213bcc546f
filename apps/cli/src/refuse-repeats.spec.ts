import { describe, expect, it } from '@jest/globals';
import { exitCodes } from './exit-codes.js';
import { xfAlone } from './testing/xf-alone.js';

describe('an option that takes one value', () => {
  it.each([
    [['compare', 'a=1', 'b=2', '--metric', 'u2k', '--metric', 'k2u'], '--metric <metric>'],
    [['stats', 'plan', '--hosts', '5', '--hosts', '6'], '--hosts'],
    [['--url', 'http://127.0.0.1:1', 'jobs', '--url', 'http://127.0.0.1:2'], '--url <url>'],
  ])('is refused when %j gives it twice', async (words, named) => {
    const { code, out, err } = await xfAlone(...words);
    expect({ code, out }).toEqual({ code: exitCodes.usage, out: '' });
    expect(err).toContain(`error: option '${named}`);
    expect(err).toContain('takes one value, but was given twice');
  });

  it('leaves alone those that collect, and switches', async () => {
    // Nothing answers there: it got as far as asking.
    const nowhere = ['--url', 'http://127.0.0.1:1', '--key', 'k', '--json', '--json'];
    for (const words of [
      ['compare', 'a=1', 'b=2', '--by', 'host', '--by', 'generation', '--fail-on', 'slower', '--fail-on', 'faster'],
      ['regressions', '--fail-on', 'open', '--fail-on', 'open'],
      ['submit', '--host', 'a', '--host', 'b'],
      ['annotate', '@latest', '--label', 'x=1', '--label', 'y=2'],
    ]) {
      const { code, err } = await xfAlone(...nowhere, ...words);
      expect([code, err]).toEqual([exitCodes.unreachable, expect.not.stringContaining('given twice')]);
    }
  });
});
