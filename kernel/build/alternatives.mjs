// The places in a kernel that it patches at boot, and with what (.altinstructions; Linux, arch/x86/include/asm/alternative.h).
import { kernelSeriesOf } from '../series/kernel-series.mjs';
import { readDisassembly } from './listing-text.mjs';
import { EXIT, KernelToolError } from './exits.mjs';
import { runProgram } from './programs.mjs';

/**
 * @param {string} vmlinux
 * @param {string} name
 */
async function sectionBytes(vmlinux, name) {
  const text = await runProgram('objdump', ['-s', '-j', name, vmlinux]);
  const rows = [...text.matchAll(/^ ([0-9a-f]+) ((?:[0-9a-f]+ ?){1,4}) /gm)];
  const first = rows[0]?.[1];
  if (first === undefined) throw new KernelToolError(EXIT.failed, `${vmlinux} has no section ${name}`);
  return {
    address: BigInt(`0x${first}`),
    bytes: Buffer.from(rows.map(([, , hex = '']) => hex.replaceAll(' ', '')).join(''), 'hex'),
  };
}

/**
 * `struct alt_instr`: two offsets relative to themselves, then what it is for, then the lengths.
 * @param {string} vmlinux
 * @param {string} series
 * @returns {Promise<{ address: bigint, length: bigint, replacement: import('./listing-text.mjs').Disassembled[] }[]>}
 */
export async function readAlternatives(vmlinux, series) {
  const { bytes: size, lengthAt } = kernelSeriesOf(series).alternatives;
  const { address: base, bytes } = await sectionBytes(vmlinux, '.altinstructions');
  if (bytes.length % size !== 0)
    throw new KernelToolError(EXIT.failed, `alternatives of ${series} are not ${size} bytes each`);
  const replacements = readDisassembly(
    await runProgram('objdump', ['-d', '--no-show-raw-insn', '-j', '.altinstr_replacement', vmlinux]),
  );
  return Array.from({ length: bytes.length / size }, (_, index) => {
    const at = index * size;
    const from = base + BigInt(at + 4 + bytes.readInt32LE(at + 4));
    const to = from + BigInt(bytes.readUInt8(at + lengthAt + 1));
    return {
      address: base + BigInt(at + bytes.readInt32LE(at)),
      length: BigInt(bytes.readUInt8(at + lengthAt)),
      replacement: replacements.filter(({ address }) => address >= from && address < to),
    };
  });
}
