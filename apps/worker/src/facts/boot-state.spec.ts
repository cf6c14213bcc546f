import { describe, expect, it } from '@jest/globals';
import { bootStateSchema } from '#contracts';
import { bootStateFrom, HostUnreadableError } from './boot-state.js';
import type { HostTexts } from './host-texts.js';

const cpuinfo = (fields: string, count = 1): string =>
  Array.from({ length: count }, (_, index) => `processor\t: ${index}\n${fields}\n`).join('\n');

const haswell = `vendor_id\t: GenuineIntel
cpu family\t: 6
model\t\t: 63
model name\t: Intel(R) Xeon(R) CPU E5-2630 v3 @ 2.40GHz
stepping\t: 2
microcode\t: 0x49
bogomips\t: 4788.91
flags\t\t: fpu tsc constant_tsc nonstop_tsc pti`;

const nothing: HostTexts = {
  release: '6.1.0-30-amd64',
  version: '#1 SMP PREEMPT_DYNAMIC Debian 6.1.124-1',
  cpuinfo: cpuinfo(haswell, 2),
  commandLine: null,
  kernelBanner: null,
  vulnerabilities: {},
  smtControl: null,
  governors: [],
  noTurbo: null,
  boost: null,
  clockSource: null,
  clockSources: null,
  hypervisorType: null,
  dmiVendor: null,
  dmiProduct: null,
  cgroup: null,
  containerMarkers: [],
  processStatus: null,
  isolatedCpus: null,
  kernelLog: null,
};

describe('bootStateFrom', () => {
  it('describes a bare Haswell-EP with everything readable', () => {
    const state = bootStateFrom({
      ...nothing,
      commandLine: 'BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro quiet\n',
      vulnerabilities: { meltdown: 'Mitigation: PTI', mds: 'Mitigation: Clear CPU buffers; SMT vulnerable' },
      smtControl: 'on\n',
      governors: ['performance\n', 'performance\n'],
      noTurbo: '0\n',
      clockSource: 'tsc\n',
    });
    expect(bootStateSchema.parse(state)).toEqual({
      cpu: {
        vendor: 'GenuineIntel',
        family: 6,
        model: 63,
        stepping: 2,
        name: 'Intel(R) Xeon(R) CPU E5-2630 v3 @ 2.40GHz',
        microarchitecture: 'haswell-ep',
        generation: 'Haswell-EP',
        year: 2014,
      },
      microcode: '0x49',
      kernelRelease: '6.1.0-30-amd64',
      kernelVersion: '#1 SMP PREEMPT_DYNAMIC Debian 6.1.124-1',
      kernelCommandLine: 'BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro quiet',
      mitigations: { meltdown: 'Mitigation: PTI', mds: 'Mitigation: Clear CPU buffers; SMT vulnerable' },
      kpti: true,
      smt: 'on',
      governor: 'performance',
      turbo: true,
      tscKhz: 2_394_460,
      tscInvariant: true,
      virtualization: 'bare',
      hypervisor: null,
      clockSource: 'tsc',
      cpus: 2,
      extra: { tscRateFrom: 'bogomips' },
    });
  });

  it('says null for what can not be read, never a guess', () => {
    const state = bootStateFrom({ ...nothing, cpuinfo: cpuinfo('vendor_id\t: GenuineIntel\ncpu family\t: 6') });
    expect(state).toMatchObject({
      microcode: null,
      kernelCommandLine: null,
      kpti: null,
      smt: null,
      governor: null,
      turbo: null,
      tscKhz: null,
      hypervisor: null,
      clockSource: null,
    });
    expect(state.cpu).toMatchObject({ microarchitecture: 'unknown', year: null });
  });

  it('names VM and container when it is both', () => {
    const guest = cpuinfo(`${haswell} hypervisor`);
    const state = bootStateFrom({
      ...nothing,
      cpuinfo: guest,
      clockSources: 'kvm-clock tsc',
      containerMarkers: ['docker'],
    });
    expect(state).toMatchObject({ virtualization: 'vm', hypervisor: 'kvm', extra: { container: 'docker' } });
  });

  it.each([null, '', 'processor : 0\nBogoMIPS : 48.00\nCPU implementer : 0x41\n'])(
    'refuses %j with a remedy',
    (text) => {
      const describe = (): unknown => bootStateFrom({ ...nothing, cpuinfo: text });
      expect(describe).toThrow(HostUnreadableError);
      expect(describe).toThrow('serve only simulated hosts');
    },
  );
});
