import { describe, expect, it } from '@jest/globals';
import { evidenceSchema } from '#contracts';
import { provenanceFrom } from './evidence.js';

/** As `xperf --identify` gave them; the published ones at a TSC that runs at the core's rate. */
const cpus = {
  'Zen 4 under KVM, here': { add: 0.711, imul: 2.133, fadd: 4.875, crc32: 2.133 },
  'Haswell, published': { add: 1, imul: 3, fadd: 3, crc32: 3 },
  'Zen 3, published': { add: 1, imul: 3, fadd: 5, crc32: 3 },
  'Piledriver, published': { add: 1, imul: 4, fadd: 6, crc32: 6 },
  'Bonnell, published; no crc32': { add: 1, imul: 5, fadd: 5 },
};
const emulators = {
  'QEMU 7.2 TCG': { add: 0, imul: 2.031, fadd: 35.547, crc32: 68.148 },
  'QEMU 7.2 TCG without crc32': { add: 0.5, imul: 2.031, fadd: 35.547 },
  'QEMU 7.2 TCG, counted instructions': { add: 1.008, imul: 1.008, fadd: 1.016, crc32: 1.008 },
};

describe('the provenance of a machine’s figures', () => {
  it.each(Object.entries(cpus))('is measured at the pace of %s', (_name, cycles) => {
    for (const signature of ['', 'KVMKVMKVM', 'SomethingNew'])
      expect(provenanceFrom({ signature, cycles }).provenance).toBe('measured');
  });

  it.each(Object.entries(emulators))('is unknown at the pace of %s, whatever CPUID says', (_name, cycles) => {
    for (const signature of ['', 'KVMKVMKVM']) {
      const { provenance, evidence } = provenanceFrom({ signature, cycles });
      expect(provenance).toBe('unknown');
      expect(evidence.reason).toMatch(/^(imul|fadd) takes .* on a CPU it is /);
      expect(evidenceSchema.parse(evidence)).toMatchObject({ signature, cycles });
    }
  });

  it('is emulated when the emulator names itself, at whatever pace', () => {
    for (const cycles of [...Object.values(cpus), ...Object.values(emulators)])
      expect(provenanceFrom({ signature: 'TCGTCGTCGTCG', cycles }).provenance).toBe('emulated');
  });

  it.each([
    ['the CPU could not be asked', null],
    ['no pace was measured', { signature: 'KVMKVMKVM', cycles: {} }],
    ['nothing is known but one', { signature: '', cycles: { imul: 3 } }],
  ])('is unknown when %s', (_why, witness) => {
    expect(provenanceFrom(witness).provenance).toBe('unknown');
  });
});
