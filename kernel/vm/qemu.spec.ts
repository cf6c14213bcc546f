import { describe, expect, it } from '@jest/globals';
import { type Boot, kernelCommandLine, qemuParameters } from './qemu.mjs';

const boot: Boot = {
  bzImage: '/i/bzImage',
  initramfs: '/i/initramfs',
  accelerator: 'tcg',
  kpti: true,
  program: 'xperf',
  parameters: ['--probe', 'pf'],
  consolePath: '/t/console',
};

describe('kernelCommandLine', () => {
  it('says what runs, and leaves the ring alone unless told', () => {
    expect(kernelCommandLine(boot)).toBe(
      'console=ttyS0 quiet loglevel=4 panic=-1 pti=on xperf.program=xperf xperf.args=--probe,pf xperf.read=live',
    );
    expect(kernelCommandLine({ ...boot, kpti: false, logBufLen: '16M', append: ['xperf=root'], read: 'after' })).toBe(
      'console=ttyS0 quiet loglevel=4 panic=-1 pti=off log_buf_len=16M xperf=root xperf.program=xperf xperf.args=--probe,pf xperf.read=after',
    );
  });
});

describe('qemuParameters', () => {
  const after = (parameters: string[], option: string) => parameters[parameters.indexOf(option) + 1];

  it('keeps instruction counting on one CPU', () => {
    const parameters = qemuParameters({ ...boot, accelerator: 'icount', cpus: 4 });
    expect(after(parameters, '-icount')).toBe('shift=0');
    expect(after(parameters, '-smp')).toBe('1');
  });

  it('passes the host CPU through under KVM, and a named model anywhere', () => {
    expect(after(qemuParameters({ ...boot, accelerator: 'kvm' }), '-cpu')).toBe('host');
    expect(after(qemuParameters({ ...boot, accelerator: 'kvm', cpuModel: 'Haswell' }), '-cpu')).toBe('Haswell');
    expect(qemuParameters(boot)).not.toContain('-cpu');
  });

  it('opens a control port only when asked', () => {
    expect(qemuParameters(boot)).not.toContain('-qmp');
    expect(after(qemuParameters({ ...boot, qmpPath: '/t/qmp' }), '-qmp')).toBe('unix:/t/qmp,server=on,wait=off');
  });
});
