import { describe, expect, it } from '@jest/globals';
import { kernelCommandLine, qemuCommand, withoutRun, type GuestBoot } from './qemu-command.js';

const boot: GuestBoot = {
  bzImage: '/k/bzImage',
  initramfs: '/k/initramfs.cpio',
  accelerator: 'tcg',
  kpti: false,
  cpuModel: undefined,
  bootOptions: 'mitigations=off',
  parameters: ['--run', '0badcafe', '--faults', '5'],
  printer: 'kernel',
  consolePath: '/c/console',
};
const after = (name: string, change: Partial<GuestBoot> = {}): string | undefined => {
  const { args } = qemuCommand({ ...boot, ...change });
  return args.includes(name) ? args[args.indexOf(name) + 1] : undefined;
};

describe('the command line of QEMU', () => {
  it('dies with the worker', () => {
    const { file, args } = qemuCommand(boot);
    expect([file, ...args.slice(0, 3)]).toEqual(['setpriv', '--pdeathsig', 'KILL', 'qemu-system-x86_64']);
  });

  it('gives the guest its parameters as one word', () => {
    expect(kernelCommandLine(boot)).toMatch(/ pti=off .* mitigations=off .* xperf\.args=--run,0badcafe,--faults,5 /);
    expect(after('-append')).toBe(kernelCommandLine(boot));
  });

  it('takes the host’s CPU under KVM only, unless a model is asked for', () => {
    expect(after('-cpu')).toBeUndefined();
    expect(after('-cpu', { accelerator: 'kvm' })).toBe('host');
    expect(after('-cpu', { accelerator: 'kvm', cpuModel: 'max,-la57' })).toBe('max,-la57');
  });

  it('is the same for two runs but for what is of one run', () => {
    const other: GuestBoot = { ...boot, parameters: ['--run', 'deadbeef'], printer: 'xperf' };
    expect(kernelCommandLine(other)).not.toBe(kernelCommandLine(boot));
    expect(withoutRun(kernelCommandLine(other))).toBe(withoutRun(kernelCommandLine(boot)));
    expect(withoutRun(kernelCommandLine(boot))).toMatch(/^console=.* mitigations=off$/);
  });
});
