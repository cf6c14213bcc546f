import { describe, expect, it } from '@jest/globals';
import { simulatedBootState } from '#entry-sim';
import { identified, provenanceOn } from './identify.js';

const bare = simulatedBootState('haswell-ep');

describe('a host whose CPU was asked for its hypervisor', () => {
  it.each([
    { signature: '', said: null, hypervisor: null, virtualization: 'bare', provenance: 'measured' },
    {
      signature: 'TCGTCGTCGTCG',
      said: 'kvm',
      hypervisor: 'qemu-tcg',
      virtualization: 'vm',
      provenance: 'emulated',
    },
    { signature: 'KVMKVMKVM', said: null, hypervisor: 'kvm', virtualization: 'vm', provenance: 'measured' },
    { signature: 'SomethingNew', said: 'xen', hypervisor: 'xen', virtualization: 'vm', provenance: 'measured' },
    { signature: 'SomethingNew', said: null, hypervisor: null, virtualization: 'vm', provenance: 'measured' },
  ])('is $provenance with $signature though texts say $said', ({ signature, said, ...expected }) => {
    const state = identified({ ...bare, hypervisor: said, virtualization: said === null ? 'bare' : 'vm' }, signature);
    expect({ ...state, provenance: provenanceOn(state) }).toMatchObject(expected);
    expect(state.tscKhz).toBe(signature.startsWith('TCG') ? null : bare.tscKhz);
  });
});
