import { describe, expect, it } from '@jest/globals';
import { readingCpu } from './cpu-list.js';
import { parseCpuinfo, type Cpuinfo } from './cpuinfo.js';
import { kptiFrom } from './kpti.js';
import { governorFrom, smtFrom, turboFrom } from './power.js';
import { tscInvariant, tscRate } from './tsc.js';
import { containerFrom, hypervisorFrom, virtualizationFrom, type VirtualizationTexts } from './virtualization.js';

const cpu = (flags: string, more: Partial<Cpuinfo> = {}): Cpuinfo => ({
  vendor: 'AuthenticAMD',
  family: 25,
  model: 17,
  stepping: 1,
  name: 'AMD EPYC',
  microcode: null,
  bogomips: 5192.26,
  cpus: 1,
  ...more,
  flags: new Set(flags.split(' ')),
});

describe('parseCpuinfo', () => {
  it('reads an unknown stepping as 0 and keeps the rest', () => {
    const text = 'processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 85\nstepping\t: unknown\n';
    expect(parseCpuinfo(text)).toMatchObject({ family: 6, model: 85, stepping: 0, name: 'GenuineIntel', cpus: 1 });
  });
});

describe('kptiFrom', () => {
  it.each([
    { meltdown: 'Mitigation: PTI', flags: 'pti', kpti: true },
    { meltdown: 'Not affected', flags: 'pti', kpti: true },
    { meltdown: 'Not affected', flags: 'fpu', kpti: false },
    { meltdown: 'Vulnerable', flags: 'fpu', kpti: false },
    { meltdown: 'Mitigation: PTI', flags: 'fpu', kpti: true },
    { meltdown: 'Unknown (XEN PV detected, hypervisor mitigation required)', flags: 'fpu', kpti: null },
    { meltdown: undefined, flags: 'fpu', kpti: null },
    { meltdown: undefined, flags: 'kaiser', kpti: true },
  ])('$meltdown with flags $flags gives $kpti', ({ meltdown, flags, kpti }) => {
    expect(kptiFrom(meltdown, new Set([flags]))).toBe(kpti);
  });
});

describe('tscRate', () => {
  const log = '[    0.000059] tsc: Detected 2596.134 MHz processor\n';
  const refined = `${log}[    1.5] tsc: Refined TSC clocksource calibration: 2596.011 MHz\n`;

  it.each([
    { what: 'BogoMIPS halved', flags: 'constant_tsc', log: refined, line: 'ro', rate: [2_596_130, 'bogomips'] },
    {
      what: 'the refined rate when lpj= spoils BogoMIPS',
      flags: 'constant_tsc',
      log: refined,
      line: 'lpj=1 ro',
      rate: [2_596_010, 'kernel-log'],
    },
    { what: 'the detected rate without a refined one', flags: 'tsc', log, line: null, rate: [2_596_130, 'kernel-log'] },
  ])('takes $what', ({ flags, log: text, line, rate: [khz, source] }) => {
    expect(tscRate(cpu(flags), text, line)).toEqual({ khz, source });
  });

  it('says null when nothing tells', () => {
    expect(tscRate(cpu('tsc'), null, null)).toBeNull();
    expect(tscRate(null, '', 'ro')).toBeNull();
  });

  it('counts as invariant only with both flags', () => {
    expect(tscInvariant(cpu('constant_tsc nonstop_tsc'))).toBe(true);
    expect(tscInvariant(cpu('constant_tsc'))).toBe(false);
    expect(tscInvariant(null)).toBeNull();
  });
});

describe('hypervisorFrom', () => {
  const silent: VirtualizationTexts = {
    hypervisorType: null,
    dmiVendor: null,
    dmiProduct: null,
    kernelLog: null,
    clockSources: null,
    kernelBanner: null,
    cgroup: null,
    containerMarkers: [],
  };
  const guest = cpu('hypervisor');

  it.each([
    { what: 'bare metal', on: cpu('fpu'), texts: {}, is: null },
    { what: 'bare metal whose board is Supermicro', on: cpu('fpu'), texts: { dmiVendor: 'Supermicro' }, is: null },
    {
      what: 'bare metal of a cloud',
      on: cpu('fpu'),
      texts: { dmiVendor: 'Amazon EC2', dmiProduct: 'm5.metal' },
      is: null,
    },
    { what: 'KVM by the kernel log', on: guest, texts: { kernelLog: '[0.0] Hypervisor detected: KVM\n' }, is: 'kvm' },
    {
      what: 'Hyper-V by the kernel log',
      on: guest,
      texts: { kernelLog: 'Hypervisor detected: Microsoft Hyper-V\n' },
      is: 'hyper-v',
    },
    { what: 'one that nobody knows', on: guest, texts: { kernelLog: 'Hypervisor detected: New One\n' }, is: 'new-one' },
    {
      what: 'QEMU without acceleration',
      on: cpu('hypervisor', { name: 'QEMU TCG CPU version 2.5+' }),
      texts: {},
      is: 'qemu-tcg',
    },
    { what: 'VMware by DMI', on: guest, texts: { dmiVendor: 'VMware, Inc.', dmiProduct: 'VMware7,1' }, is: 'vmware' },
    {
      what: 'Azure by DMI',
      on: guest,
      texts: { dmiVendor: 'Microsoft Corporation', dmiProduct: 'Virtual Machine' },
      is: 'hyper-v',
    },
    { what: 'EC2 Nitro by DMI', on: guest, texts: { dmiVendor: 'Amazon EC2', dmiProduct: 'm5.large' }, is: 'kvm' },
    { what: 'Xen by its own file', on: guest, texts: { hypervisorType: 'xen\n' }, is: 'xen' },
    { what: 'KVM by its clock', on: guest, texts: { clockSources: 'tsc kvm-clock acpi_pm \n' }, is: 'kvm' },
    { what: 'one that hides', on: guest, texts: {}, is: null },
    {
      what: 'gVisor',
      on: cpu('fpu'),
      texts: { kernelBanner: 'Linux version 4.4.0 (gvisor@) #1 SMP Sun Jan 10 15:06:54 PST 2016' },
      is: 'gvisor',
    },
  ])('tells $what', ({ on, texts, is }) => {
    expect(hypervisorFrom(on, { ...silent, ...texts })).toBe(is);
  });

  it('counts a hidden hypervisor as VM, a container on bare metal as container', () => {
    expect(virtualizationFrom(guest, null, null)).toBe('vm');
    expect(virtualizationFrom(cpu('fpu'), 'gvisor', 'docker')).toBe('vm');
    expect(virtualizationFrom(cpu('fpu'), null, 'docker')).toBe('container');
    expect(virtualizationFrom(cpu('fpu'), null, null)).toBe('bare');
    expect(virtualizationFrom(null, null, null)).toBe('unknown');
  });

  it.each([
    { texts: { containerMarkers: ['podman'] }, container: 'podman' },
    { texts: { cgroup: '0::/kubepods.slice/pod1/abc\n' }, container: 'kubepods' },
    { texts: { cgroup: '0::/init.scope\n' }, container: null },
  ])('finds container $container', ({ texts, container }) => {
    expect(containerFrom({ ...silent, ...texts })).toBe(container);
  });
});

describe('power', () => {
  it('joins governors that differ', () => {
    expect(governorFrom(['powersave\n', 'performance\n', null])).toBe('performance,powersave');
    expect(governorFrom([null])).toBeNull();
  });

  it('reads turbo from either driver', () => {
    expect([turboFrom('0\n', null), turboFrom('1\n', null), turboFrom(null, '1\n'), turboFrom(null, '0\n')]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect(turboFrom(null, null)).toBeNull();
  });

  it('reads SMT control, numbers of newer kernels included', () => {
    expect(['on\n', 'forceoff\n', '2\n', '1\n', 'strange\n', null].map(smtFrom)).toEqual([
      'on',
      'forceoff',
      'on',
      'off',
      null,
      null,
    ]);
  });
});

describe('readingCpu', () => {
  const pairs = new Map([0, 1, 2, 3].map((cpu) => [cpu, [cpu % 2, (cpu % 2) + 2]]));

  it.each([
    { what: 'another core', allowed: [0, 1, 2, 3], isolated: [], measuring: 3, cpu: 0 },
    { what: 'another core that is not isolated', allowed: [0, 1, 2, 3], isolated: [0, 3], measuring: 3, cpu: 2 },
    { what: 'an isolated CPU before the sibling', allowed: [1, 2, 3], isolated: [2], measuring: 3, cpu: 2 },
    { what: 'the sibling before none', allowed: [1, 3], isolated: [], measuring: 3, cpu: 1 },
    {
      what: 'what it may when the measuring one is not in the mask',
      allowed: [0],
      isolated: [1],
      measuring: 1,
      cpu: 0,
    },
    { what: 'none', allowed: [3], isolated: [], measuring: 3, cpu: null },
    { what: 'any when xperf chooses its own', allowed: [2, 3], isolated: [], measuring: null, cpu: 2 },
  ])('is $what', ({ allowed, isolated, measuring, cpu: expected }) => {
    expect(readingCpu({ allowed, isolated, measuring, siblings: pairs }, measuring)).toBe(expected);
  });
});
