import { describe, expect, it } from '@jest/globals';
import { MomentError, momentOf, momentText } from './moment.js';
import { bothSelectors, parseRunSelector, runSelectorSchema } from './run-selector.js';
import { SelectorError } from './selector.js';

const now = Date.parse('2026-11-26T20:00:00Z');
const uuid = '0192f0c1-2345-7abc-8def-0123456789ab';

describe('momentOf', () => {
  it.each([
    ['90d', '2026-08-28T20:00:00Z'],
    ['30m', '2026-11-26T19:30:00Z'],
    ['2w', '2026-11-12T20:00:00Z'],
    ['12h', '2026-11-26T08:00:00Z'],
    ['2026-11-20', '2026-11-20T00:00:00Z'],
    ['2026-11-20T18:00', '2026-11-20T18:00:00Z'],
    ['2026-11-20T18:00:00.250+01:00', '2026-11-20T17:00:00.250Z'],
  ])('%s is %s', (text, moment) => {
    expect(momentText(momentOf(text, now))).toBe(moment);
  });

  it.each(['yesterday', '90', '2026-02-30', '2026-13-01', '2026-11-20T25:00Z', '-3d', ''])('refuses "%s"', (text) => {
    expect(() => momentOf(text, now)).toThrow(MomentError);
  });
});

describe('a selector of runs', () => {
  it('has terms of the run, and its times become absolute', () => {
    const read = parseRunSelector(`generation=Zen4, job=${uuid}, since=90d, annotation.ticket=T-1`, now);
    expect(read.terms.map(({ key }) => key)).toEqual(['generation', 'job', 'annotation.ticket']);
    expect(read.sinceMs).toBe(now - 90 * 86_400_000);
    expect(read.text).toBe(`generation=Zen4,job=${uuid},annotation.ticket=T-1,since=2026-08-28T20:00:00Z`);
    expect(parseRunSelector(read.text, now + 1e9)).toEqual(read);
    expect(parseRunSelector('*', now)).toEqual({ terms: [], sinceMs: null, untilMs: null, text: '*' });
    expect(parseRunSelector('since=1d', now).text).toBe('since=2026-11-25T20:00:00Z');
  });

  it('keeps the narrower of two windows', () => {
    const { sinceMs, untilMs } = parseRunSelector('since=90d,since=2d,until=2h,until=1h', now);
    expect([sinceMs, untilMs]).toEqual([now - 2 * 86_400_000, now - 2 * 3_600_000]);
  });

  it.each([
    ['since=tomorrow', /since: "tomorrow" is no time; write how long ago/],
    ['since!=90d', /since takes one time/],
    ['until', /until takes one time/],
    ['since=1d,until=2d', /is not before until .* exchange them/],
    ['job=latest', /job: "latest" is no UUID; xf jobs lists them/],
    ['!run', /every run has a run/],
    ['executor=qemu', /there are .*stock-host/],
  ])('refuses %s', (text, message) => {
    expect(() => parseRunSelector(text, now)).toThrow(SelectorError);
    expect(() => parseRunSelector(text, now)).toThrow(message);
    expect(runSelectorSchema.safeParse(text).success).toBe(false);
  });

  it('joins with another', () => {
    expect(bothSelectors('*', 'since=1d')).toBe('since=1d');
    expect(bothSelectors('a=b', '*')).toBe('a=b');
    expect(bothSelectors('*', '*')).toBe('*');
  });
});
