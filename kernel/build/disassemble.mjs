// The kernel's entry code as text: from a vmlinux, or from a dump of a guest's memory.
import { runProgram } from './programs.mjs';

/** Kernel text is mapped at this address plus its physical one (without address randomization). */
const KERNEL_MAP = 0xffffffff80000000n;

/**
 * @param {string} vmlinux
 * @returns {Promise<{ start: bigint, end: bigint, physical: bigint }>} where the entry code stands
 */
export async function entryCodeBounds(vmlinux) {
  const symbols = new Map(
    (await runProgram('nm', [vmlinux])).split('\n').map((line) => {
      const [address, , name] = line.split(' ');
      return [name, address];
    }),
  );
  /** @param {string} name */
  const addressOf = (name) => {
    const address = symbols.get(name);
    if (address === undefined) throw new Error(`${vmlinux} has no symbol ${name}`);
    return BigInt(`0x${address}`);
  };
  const [start, end] = [addressOf('__entry_text_start'), addressOf('__entry_text_end')];
  return { start, end, physical: start - KERNEL_MAP };
}

/**
 * @param {string} vmlinux
 * @returns {Promise<string>} objdump's text of the entry code as compiled, symbols included
 */
export async function disassembleEntryCode(vmlinux) {
  const { start, end } = await entryCodeBounds(vmlinux);
  const range = [`--start-address=0x${start.toString(16)}`, `--stop-address=0x${end.toString(16)}`];
  return runProgram('objdump', ['-d', '--no-show-raw-insn', ...range, vmlinux]);
}

/**
 * @param {string} dump file with the bytes of the entry code
 * @param {bigint} start address of its first byte
 * @returns {Promise<string>} objdump's text, without symbols
 */
export function disassembleDump(dump, start) {
  const machine = ['-D', '-b', 'binary', '-m', 'i386:x86-64', '--no-show-raw-insn'];
  return runProgram('objdump', [...machine, `--adjust-vma=0x${start.toString(16)}`, dump]);
}
