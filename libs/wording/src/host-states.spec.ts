import { describe, expect, it } from '@jest/globals';
import { isHeldUp, skippedText, waitsForText } from './index.js';

const clock = (at: string): string => at.slice(11, 16);
const host = (hostId: string, since: string | null = '2026-11-27T10:02:00.000Z', reason: string | null = null) => ({
  ...{ hostId, since, reason },
});

describe('why runs don’t begin', () => {
  it.each([
    [
      { state: 'silent', hosts: 3, runs: 12, named: [host('r7-h1'), host('r7-h2')] },
      '12 runs wait for 3 silent hosts: r7-h1 since 10:02, r7-h2 since 10:02 and 1 more',
    ],
    [
      { state: 'quarantined', hosts: 1, runs: 1, named: [host('r7-h1', undefined, 'fan')] },
      '1 run waits for 1 quarantined host: r7-h1 since 10:02 (fan)',
    ],
    [
      { state: 'never', hosts: 2, runs: 4, named: [host('a', null), host('b', null)] },
      '4 runs wait for 2 hosts without a worker: a, b',
    ],
  ] as const)('of %j is said so', (waits, text) => {
    expect(waitsForText({ ...waits, named: [...waits.named] }, clock)).toBe(text);
  });

  it('is told as the whole reason only where nothing else moves', () => {
    const runs = { planned: 4, queued: 8, started: 0, completed: 5, failed: 0, abandoned: 0, total: 17 };
    const waitsFor = [{ state: 'silent' as const, hosts: 3, runs: 12, named: [host('r7-h1')] }];
    expect(isHeldUp({ runs, waitsFor })).toBe(true);
    expect(isHeldUp({ runs: { ...runs, started: 1 }, waitsFor })).toBe(false);
    expect(isHeldUp({ runs: { ...runs, planned: 5 }, waitsFor })).toBe(false);
    expect(isHeldUp({ runs })).toBe(false);
  });
});

it('says which hosts a job left out', () => {
  expect(skippedText({ state: 'draining', hosts: 12, hostIds: ['a', 'b'] })).toBe(
    '12 draining hosts left out: a, b and 10 more',
  );
});
