import { describe, expect, it } from '@jest/globals';
import { labelsSchema } from './host.js';
import { deriveLabels, guestSelector } from './labels.js';
import { bootStateSchema } from './boot-state.js';
import { guestsOf, type Guest } from './guest.js';
import { matchesSelector, parseSelector } from './selector.js';

const bootState = bootStateSchema.parse({
  cpu: {
    vendor: 'GenuineIntel',
    family: 6,
    model: 63,
    stepping: 2,
    name: 'Intel(R) Xeon(R) CPU E5-2630 v3',
    microarchitecture: 'haswell-ep',
    generation: 'Haswell EP (v3)',
    year: 2014,
  },
  microcode: '0x49',
  kernelRelease: '6.1.0-xperf',
  kernelVersion: null,
  kernelCommandLine: null,
  mitigations: {},
  kpti: null,
  smt: null,
  governor: null,
  turbo: null,
  tscKhz: 2_400_000,
  tscInvariant: true,
  virtualization: 'bare',
  hypervisor: null,
  clockSource: 'tsc',
  cpus: 16,
});

describe('deriveLabels', () => {
  it('adds what the boot state tells, as values that a selector can name', () => {
    const labels = deriveLabels('h1', { rack: 'r7' }, bootState, 'simulated');
    expect(labels).toEqual({
      rack: 'r7',
      host: 'h1',
      generation: 'Haswell-EP-v3-',
      uarch: 'haswell-ep',
      vendor: 'GenuineIntel',
      virt: 'bare',
      kernel: '6.1.0-xperf',
      'kernel-series': '6.1',
      kpti: 'unknown',
      provenance: 'simulated',
    });
    expect(labelsSchema.safeParse(labels).success).toBe(true);
  });

  it('says of a measured run whether its machine was quiet', () => {
    const noisy = { ...bootState, extra: { noise: 'noisy', noiseReasons: 'turbo on' } };
    expect(deriveLabels('h1', { noise: 'quiet' }, noisy, 'measured')).toMatchObject({ noise: 'noisy' });
  });

  it('does not let an operator label a simulated host as measured', () => {
    expect(deriveLabels('h1', { provenance: 'measured', host: 'other' }, bootState, 'simulated')).toMatchObject({
      provenance: 'simulated',
      host: 'h1',
    });
  });
});

describe('guestSelector', () => {
  const labelsOf = ({ series, kpti, cpuModel, bootOptions }: Guest) => {
    const extra = { cpuModel: cpuModel ?? 'default of QEMU', ...(bootOptions ? { bootOptions } : {}) };
    const booted = { ...bootState, kernelRelease: `${series}.9-xperf-hook`, kpti, extra };
    return deriveLabels('h1', {}, booted, 'emulated');
  };

  it('selects the runs of its own cell and of no other', () => {
    const cells = guestsOf({
      series: ['6.1', '6.12'],
      kpti: [true, false],
      cpuModel: ['Haswell', 'Haswell,-pcid'],
      bootOptions: ['', 'mitigations=off', 'mitigations=off nokaslr'],
    });
    expect(cells).toHaveLength(24);
    for (const cell of cells) {
      const selector = parseSelector(guestSelector(cell));
      expect(cells.filter((other) => matchesSelector(selector, labelsOf(other)))).toEqual([cell]);
    }
  });
});
