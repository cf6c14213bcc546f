import { describe, expect, it } from '@jest/globals';
import { type BootState, bootStateSchema } from '#contracts';
import { canonicalJson, hashBootState } from './boot-state-hash.js';

const bootState: BootState = bootStateSchema.parse({
  cpu: {
    vendor: 'GenuineIntel',
    family: 6,
    model: 63,
    stepping: 2,
    name: 'Xeon E5-2630 v3',
    microarchitecture: 'haswell-ep',
    generation: 'Haswell-EP',
    year: 2014,
  },
  microcode: '0x49',
  kernelRelease: '6.1.0',
  kernelVersion: null,
  kernelCommandLine: 'quiet',
  mitigations: { meltdown: 'Mitigation: PTI', l1tf: 'Not affected' },
  kpti: true,
  smt: 'on',
  governor: null,
  turbo: null,
  tscKhz: 2_399_998.2,
  tscInvariant: true,
  virtualization: 'bare',
  hypervisor: null,
  clockSource: 'tsc',
  cpus: 16,
});

describe('hashBootState', () => {
  it('does not depend on the order in which facts were written', () => {
    const turned = Object.fromEntries(Object.entries(bootState).reverse()) as BootState;
    turned.mitigations = { l1tf: 'Not affected', meltdown: 'Mitigation: PTI' };
    expect(hashBootState(turned)).toBe(hashBootState(bootState));
    expect(canonicalJson({ b: [1, { d: 2, c: null }], a: 1 })).toBe('{"a":1,"b":[1,{"c":null,"d":2}]}');
  });

  it('is the same for a TSC that was calibrated some ppm apart at another boot', () => {
    expect(hashBootState({ ...bootState, tscKhz: 2_400_003.9 })).toBe(hashBootState(bootState));
  });

  it.each<Partial<BootState>>([
    { kernelCommandLine: 'quiet pti=off' },
    { microcode: '0x4a' },
    { kpti: null },
    { tscKhz: 2_500_000 },
    { tscKhz: null },
    { mitigations: { meltdown: 'Vulnerable', l1tf: 'Not affected' } },
    { extra: { pinnedCpu: '1' } },
  ])('differs when %j', (change) => {
    expect(hashBootState({ ...bootState, ...change })).not.toBe(hashBootState(bootState));
  });
});
