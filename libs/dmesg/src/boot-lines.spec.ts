import { describe, expect, it } from '@jest/globals';
import { createBootLineReader } from './boot-lines.js';

const boot = [
  'Linux version 6.12.117 (build@host) (gcc 14.2.0, GNU ld 2.44) #1 SMP PREEMPT_DYNAMIC Debian 6.12.117-1',
  'Command line: BOOT_IMAGE=/vmlinuz root=/dev/sda1 pti=on',
  'Hypervisor detected: KVM',
  'tsc: Detected 2600.000 MHz processor',
  'Kernel command line: BOOT_IMAGE=/vmlinuz root=/dev/sda1 pti=on',
  'Kernel/User page tables isolation: force enabled on command line.',
  'Kernel/User page tables isolation: enabled',
  'smpboot: CPU0: Intel(R) Xeon(R) CPU E5-2650 v3 @ 2.30GHz (family: 0x6, model: 0x3f, stepping: 0x2)',
  'smp: Brought up 1 node, 8 CPUs',
  'microcode: Current revision: 0x00000049',
  'tsc: Refined TSC clocksource calibration: 2593.906 MHz',
  'clocksource: Switched to clocksource tsc-early',
  'clocksource: Switched to clocksource tsc',
  'microcode: revision: 0x49',
];

describe('createBootLineReader', () => {
  const read = (messages: readonly string[]) => {
    const reader = createBootLineReader();
    for (const message of messages) reader.take(message);
    return reader.found;
  };

  it('gathers what a kernel says while it boots', () => {
    expect(read(boot)).toEqual({
      kernelRelease: '6.12.117',
      kernelVersion: '#1 SMP PREEMPT_DYNAMIC Debian 6.12.117-1',
      commandLine: 'BOOT_IMAGE=/vmlinuz root=/dev/sda1 pti=on',
      kpti: true,
      tscKhz: 2_593_906,
      clockSource: 'tsc',
      hypervisor: 'kvm',
      microcode: '0x49',
      cpus: 8,
      cpu: { name: 'Intel(R) Xeon(R) CPU E5-2650 v3 @ 2.30GHz', family: 6, model: 0x3f, stepping: 2 },
    });
  });

  it('forgets one boot at the next', () => {
    expect(read([...boot, 'Linux version 6.1.0 (b@h) (gcc) #2 SMP'])).toMatchObject({
      kernelRelease: '6.1.0',
      kernelVersion: '#2 SMP',
      tscKhz: null,
      cpu: null,
    });
  });

  it('says nothing where the log says nothing, or somebody only quotes it', () => {
    const unknown = read([]);
    expect(Object.values(unknown).every((value) => value === null)).toBe(true);
    expect(read(['foo: Linux version 6.1.0 (b@h)', 'audit: tsc: Detected 9 MHz'])).toEqual(unknown);
  });
});
