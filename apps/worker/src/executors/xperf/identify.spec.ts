import { describe, expect, it } from '@jest/globals';
import { simulatedBootState } from '#entry-sim';
import { identified, witnessOf } from './identify.js';

const bare = simulatedBootState('haswell-ep');

describe('a host whose CPU was asked for its hypervisor', () => {
  it.each([
    { signature: '', said: null, hypervisor: null, virtualization: 'bare' },
    { signature: null, said: 'kvm', hypervisor: 'kvm', virtualization: 'vm' },
    { signature: 'TCGTCGTCGTCG', said: 'kvm', hypervisor: 'qemu-tcg', virtualization: 'vm' },
    { signature: 'KVMKVMKVM', said: null, hypervisor: 'kvm', virtualization: 'vm' },
    { signature: 'SomethingNew', said: 'xen', hypervisor: 'xen', virtualization: 'vm' },
    { signature: 'SomethingNew', said: null, hypervisor: null, virtualization: 'vm' },
  ])('is under $hypervisor with $signature though texts say $said', ({ signature, said, ...expected }) => {
    const state = identified({ ...bare, hypervisor: said, virtualization: said === null ? 'bare' : 'vm' }, signature);
    expect(state).toMatchObject(expected);
    expect(state.tscKhz).toBe(signature?.startsWith('TCG') ? null : bare.tscKhz);
  });
});

describe('what xperf --identify printed', () => {
  it('is the signature and the pace of each chain', () => {
    expect(witnessOf('hypervisor=Microsoft Hv\nadd=0.711\nimul=2.133\n')).toEqual({
      signature: 'Microsoft Hv',
      cycles: { add: 0.711, imul: 2.133 },
    });
    expect(witnessOf('hypervisor=\nadd=-0.004\n')).toEqual({ signature: '', cycles: { add: -0.004 } });
    expect(witnessOf('')).toEqual({ signature: null, cycles: {} });
  });
});
