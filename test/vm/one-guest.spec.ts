// The self-test of the kernel side and the worker's executor vm boot the same guest, each with its own code: the worker
// imports nothing of kernel/. What they say of it must be one.
import { describe, expect, it } from '@jest/globals';
import { guestCpus, guestMemoryMib, qemuCommand } from '../../apps/worker/src/executors/vm/qemu-command.js';
import { qemuParameters } from '../../kernel/vm/qemu.mjs';

/** Options of QEMU with their values, in an order of their own: QEMU reads all but repeated ones in any order. */
function optionsOf(args: readonly string[]): string[] {
  return args
    .flatMap((arg, at) =>
      arg.startsWith('-') ? [`${arg} ${args[at + 1]?.startsWith('-') === false ? args[at + 1] : ''}`] : [],
    )
    .sort();
}

const common = {
  bzImage: '/k/bzImage',
  initramfs: '/k/initramfs.cpio',
  parameters: ['--probe', 'pf', '--run', '0badcafe', '--faults', '5'],
  printer: 'kernel' as const,
  consolePath: '/c/console',
};

describe('the guest that self-test and worker boot', () => {
  it.each([
    { accelerator: 'tcg', kpti: true, cpuModel: undefined, bootOptions: undefined },
    { accelerator: 'tcg', kpti: false, cpuModel: 'Haswell-noTSX,-pcid', bootOptions: 'mitigations=off nokaslr' },
    { accelerator: 'kvm', kpti: true, cpuModel: undefined, bootOptions: 'nokaslr' },
    { accelerator: 'kvm', kpti: false, cpuModel: 'Skylake-Server-v1', bootOptions: undefined },
  ] as const)('has one command line under $accelerator with kpti $kpti', ({ cpuModel, bootOptions, ...setting }) => {
    const worker = qemuCommand({ ...common, ...setting, cpuModel, bootOptions }).args;
    const selfTest = qemuParameters({
      ...common,
      ...setting,
      program: 'xperf',
      // What the worker sets and the self-test leaves to its cases.
      logBufLen: '4M',
      cpus: guestCpus,
      memoryMib: guestMemoryMib,
      ...(cpuModel === undefined ? {} : { cpuModel }),
      ...(bootOptions === undefined ? {} : { append: bootOptions.split(' ') }),
    });
    const program = worker.indexOf('qemu-system-x86_64');
    expect(worker.slice(0, program)).toEqual(['--pdeathsig', 'KILL']);
    expect(optionsOf(worker.slice(program + 1))).toEqual(optionsOf(selfTest));
    expect(optionsOf(selfTest).length).toBeGreaterThan(10);
  });
});
