import { describe, expect, it } from '@jest/globals';
import { CliError } from '../cli-error.js';
import { optionsOf } from './demo-options.js';

const now = new Date('2026-11-26T09:00:00Z');

describe('the options of xf demo', () => {
  it('are a year until yesterday by default', () => {
    const year = { days: 365, hosts: 20, runs: 5, samples: 1_000, seed: 1, until: '2026-11-25' };
    expect(optionsOf({}, now)).toEqual(year);
    expect(optionsOf({ scale: 100_000 }, now)).toEqual({ ...year, hosts: 54 });
  });

  it('name the demo of an earlier day where that stands and is otherwise the same', () => {
    const standing = optionsOf({}, new Date('2026-11-20T09:00:00Z'));
    expect(optionsOf({}, now, standing)).toEqual(standing);
    expect(optionsOf({ seed: 2 }, now, standing).until).toBe('2026-11-25');
    expect(optionsOf({ until: '2026-11-24' }, now, standing).until).toBe('2026-11-24');
  });

  it.each([
    [{ days: 0 }, '--days 0 makes no history'],
    [{ days: 3_650 }, '--days 3650 is too many'],
    [{ scale: 2_000_000 }, '--scale 2000000 is too many'],
    [{ scale: 100, hosts: 3 }, '--scale makes its own number of hosts'],
    [{ until: '2027-01-01' }, '--until 2027-01-01 is a night that is not over'],
  ])('%j are refused in the words of the flag', (given, message) => {
    expect(() => optionsOf(given, now)).toThrow(CliError);
    expect(() => optionsOf(given, now)).toThrow(message);
  });
});
