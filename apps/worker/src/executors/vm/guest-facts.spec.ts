import { describe, expect, it } from '@jest/globals';
import { HostUnreadableError } from '../../facts/boot-state.js';
import { guestBootState } from './guest-facts.js';
import { GuestWords } from './guest-words.js';

const lines = [
  'fact /proc/version Linux version 6.12.117-xperf-hook (xperf@fleet) (gcc 12.2.0) #1 SMP 1970-01-01',
  'fact /proc/cmdline quiet pti=on mitigations=off xperf.program=xperf xperf.args=--run,0badcafe xperf.read=live',
  'fact /proc/cpuinfo processor\t: 0',
  'fact /proc/cpuinfo vendor_id\t: GenuineIntel',
  'fact /proc/cpuinfo cpu family\t: 6',
  'fact /proc/cpuinfo model\t\t: 63',
  'fact /proc/cpuinfo model name\t: Intel Core Processor (Haswell, no TSX)',
  'fact /proc/cpuinfo stepping\t: 4',
  'fact /proc/cpuinfo flags\t\t: fpu tsc constant_tsc nonstop_tsc hypervisor pti',
  'fact /proc/cpuinfo bogomips\t: 5185.88',
  'fact /sys/devices/system/cpu/online 0-1',
  'fact /sys/devices/system/clocksource/clocksource0/current_clocksource tsc-early',
  'fact /sys/devices/system/cpu/vulnerabilities/meltdown Mitigation: PTI',
  'exit status=0 signal=0',
  'after',
  'fact /sys/devices/system/cpu/online 0-7',
];

function factsOf(said: string[]): GuestWords['facts'] {
  const words = new GuestWords();
  said.forEach((line) => words.take(line));
  return words.facts;
}

describe('the boot state of a guest', () => {
  it('is what the guest showed before its run, and nothing of the host', () => {
    expect(guestBootState(factsOf(lines), 'tcg', { accelerator: 'tcg' })).toMatchObject({
      cpu: { vendor: 'GenuineIntel', family: 6, model: 63, name: 'Intel Core Processor (Haswell, no TSX)' },
      kernelRelease: '6.12.117-xperf-hook',
      kernelVersion: '#1 SMP 1970-01-01',
      kernelCommandLine: 'quiet pti=on mitigations=off',
      mitigations: { meltdown: 'Mitigation: PTI' },
      kpti: true,
      smt: null,
      governor: null,
      turbo: null,
      tscKhz: null,
      tscInvariant: null,
      virtualization: 'vm',
      hypervisor: 'qemu-tcg',
      clockSource: 'tsc',
      cpus: 2,
      extra: { accelerator: 'tcg' },
    });
  });

  it('tells the counter’s rate under KVM', () => {
    const state = guestBootState(factsOf(lines), 'kvm', {});
    expect(state).toMatchObject({ hypervisor: 'kvm', tscKhz: 2_592_940, tscInvariant: true });
  });

  it('is none without a processor', () => {
    expect(() => guestBootState(factsOf(lines.slice(0, 2)), 'tcg', {})).toThrow(HostUnreadableError);
  });
});
