import { expect, it } from '@jest/globals';
import type { FleetView } from '#contracts';
import { fleetText } from './fleet.js';

const counts = { hosts: 302, online: 1, silent: 300, never: 1, draining: 0, quarantined: 0, noisy: 12, measured: 2 };
const fleet: FleetView = {
  ...{ ...counts, measuredDays: 8, generations: [{ generation: 'Zen-3', ...counts }] },
  silentHosts: Array.from({ length: 10 }, (_, i) => ({
    ...{ hostId: `host-${i}`, workerId: 'w1', seenAt: '2026-11-27T03:00:00.000Z' },
  })),
  outOfServiceHosts: [],
  noisyHosts: [{ hostId: 'host-1', probe: 'pf', metric: 'u2k', floor: 0.041 }],
  unmeasuredHosts: [{ hostId: 'host-2', lastDay: null }],
};

it('counts hosts by generation and names those that want looking at, within 80 columns', () => {
  const text = fleetText(fleet);
  const flat = text.replaceAll(/\s+/g, ' ');
  expect(flat).toContain('302 hosts: 1 online, 300 silent, 1 without a worker; 12 of noise grade D; 2 measured');
  expect(flat).toMatch(/Zen-3 302 1 300 12 2/);
  expect(flat).toMatch(/silent since: host-0 2026-11-27 03:00:00Z, .* and 290 more/);
  expect(flat).toContain('runs scatter: host-1 4.1 % (pf u2k) and 11 more');
  expect(flat).toContain('not measured within 8 days: host-2 (never) and 299 more');
  for (const line of text.split('\n')) expect(line.trimEnd().length).toBeLessThanOrEqual(80);
});

it('says what to do where there is no host', () => {
  expect(fleetText({ ...fleet, hosts: 0 })).toContain('start a worker');
});

it('names hosts out of service, with why', () => {
  const text = fleetText({
    ...fleet,
    ...{ draining: 1, quarantined: 1 },
    outOfServiceHosts: [
      {
        hostId: 'r7-h1',
        state: 'quarantined',
        since: '2026-11-27T03:00:00.000Z',
        by: 'key:ann',
        reason: 'fan',
        rule: null,
      },
    ],
  }).replaceAll(/\s+/g, ' ');
  expect(text).toContain('1 without a worker, 1 draining, 1 quarantined;');
  expect(text).toContain('out of service: r7-h1 quarantined 2026-11-27 03:00:00Z (fan) and 1 more');
});
