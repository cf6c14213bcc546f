import { describe, expect, it } from '@jest/globals';
import { readEvent } from './events/registry.js';
import { labelsSchema } from './host.js';
import { deriveLabels, guestSelector } from './labels.js';
import { matchesSelector, parseSelector, selectorNotes } from './selector.js';
import { bootStateSchema } from './boot-state.js';

const bootState = bootStateSchema.parse({
  cpu: {
    vendor: 'v',
    family: 6,
    model: 1,
    stepping: 1,
    name: 'n',
    microarchitecture: 'm',
    generation: 'g',
    year: null,
  },
  ...{ microcode: null, kernelRelease: '6.12.117-xperf-hook', kernelVersion: null, kernelCommandLine: null },
  ...{ mitigations: {}, kpti: true, smt: null, governor: null, turbo: null, tscKhz: null, tscInvariant: null },
  ...{ virtualization: 'vm', hypervisor: null, clockSource: null, cpus: 1 },
});

describe('the label that was called series', () => {
  it('is kernel-series in stored labels, and today’s name wins', () => {
    expect(labelsSchema.parse({ series: '6.12', rack: 'r1' })).toEqual({ 'kernel-series': '6.12', rack: 'r1' });
    expect(labelsSchema.parse({ series: '6.1', 'kernel-series': '6.12' })).toEqual({ 'kernel-series': '6.12' });
  });

  it('is kernel-series in events of earlier releases, so that a host that comes back has not changed', () => {
    const capabilities = [{ executor: 'vm', probes: ['pf'], provenance: 'emulated', series: ['6.12'] }];
    const now = deriveLabels('h1', {}, bootState, 'emulated');
    const { 'kernel-series': series, ...others } = now;
    const stored = { hostId: 'h1', workerId: 'w1', capabilities, bootState, bootStateHash: 'b' };
    const event = readEvent('HostRegistered', 1, { ...stored, labels: { ...others, series } });
    expect(event).toMatchObject({ data: { labels: now } });
    expect(event).not.toHaveProperty('data.labels.series');
  });

  it('is not the operator’s to give', () => {
    expect(deriveLabels('h1', { series: 'mine' }, bootState, 'emulated')).toMatchObject({ 'kernel-series': '6.12' });
    expect(deriveLabels('h1', { series: 'mine' }, bootState, 'emulated')).not.toHaveProperty('series');
  });

  it.each(['series=6.12', 'series!=6.1', 'series in (6.12,7.3)', 'series', 'kpti=on,series=6.12'])(
    'is understood in the selector %s, with a note',
    (text) => {
      expect(matchesSelector(parseSelector(text), deriveLabels('h1', {}, bootState, 'emulated'))).toBe(true);
      expect(selectorNotes(text)).toEqual([
        'the label "series" is called "kernel-series" now; the old name is still understood',
      ]);
    },
  );

  it.each(['kernel-series=6.12', '*', 'rack in (a,series,b)', 'rack=series'])('has no note in %s', (text) => {
    expect(selectorNotes(text)).toEqual([]);
  });

  it('has its new name in the selector of a cell', () => {
    expect(guestSelector({ series: '6.12', kpti: true })).toBe('kernel-series=6.12,kpti=on');
  });
});
