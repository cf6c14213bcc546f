import { describe, expect, it } from '@jest/globals';
import { HostUnreadableError } from '../../facts/boot-state.js';
import { guestBootState } from './guest-facts.js';
import { guestFactLines } from '../../testing/guest-fact-lines.js';
import { GuestWords } from './guest-words.js';

const lines = [...guestFactLines, 'exit status=0 signal=0', 'after', 'fact /sys/devices/system/cpu/online 0-7'];

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
