import { describe, expect, it } from '@jest/globals';
import { Accelerators } from './accelerators.js';
import type { VmSettings } from './vm-settings.js';

const vm = (accelerator: VmSettings['accelerator']): VmSettings => ({ series: '6.12', kpti: true, accelerator });

describe('the choice of the accelerator', () => {
  it('takes KVM only when a guest answered under it, and asks once', async () => {
    for (const [answer, chosen] of [
      [null, 'kvm'],
      ['no answer within 15000 ms', 'tcg'],
    ] as const) {
      let asked = 0;
      const accelerators = new Accelerators(() => Promise.resolve((asked++, answer)));
      expect(await accelerators.choose(vm('auto'))).toBe(chosen);
      expect(await accelerators.choose(vm('auto'))).toBe(chosen);
      expect(asked).toBe(1);
    }
  });

  it('does not ask when emulation is wanted', async () => {
    const accelerators = new Accelerators(() => Promise.reject(new Error('asked')));
    expect(await accelerators.choose(vm('tcg'))).toBe('tcg');
  });

  it('fails with the reason when KVM is wanted and does not answer', async () => {
    const accelerators = new Accelerators(() => Promise.resolve('assertion of QEMU'));
    await expect(accelerators.choose(vm('kvm'))).rejects.toMatchObject({
      failure: { code: 'kvm-unavailable', message: expect.stringContaining('assertion of QEMU') as unknown },
    });
  });

  it('asks again after a probe that could not be made', async () => {
    const answers = [() => Promise.reject(new Error('no image')), () => Promise.resolve(null)];
    const accelerators = new Accelerators(() => answers.shift()?.() ?? Promise.resolve('asked too often'));
    await expect(accelerators.choose(vm('auto'))).rejects.toThrow('no image');
    expect(await accelerators.choose(vm('auto'))).toBe('kvm');
  });
});
