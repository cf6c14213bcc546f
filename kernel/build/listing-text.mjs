// Disassembly to the listings that the simulator executes: addresses become labels, offsets become symbols.

const INSTRUCTION = /^\s*([0-9a-f]+):\s+(.*?)\s*(?:#\s*(.*))?$/;
const HEADING = /^([0-9a-f]+) <(.+)>:$/;

/**
 * @typedef {object} Disassembled
 * @property {bigint} address
 * @property {string} text
 * @property {string} note     what objdump says behind #
 * @property {string[]} symbols of this very address
 */

/**
 * @param {string} text output of `objdump -d --no-show-raw-insn`
 * @returns {Disassembled[]}
 */
export function readDisassembly(text) {
  /** @type {Disassembled[]} */
  const instructions = [];
  /** @type {string[]} */
  let symbols = [];
  for (const line of text.split('\n')) {
    const heading = HEADING.exec(line)?.[2];
    if (heading !== undefined) {
      symbols.push(heading);
      continue;
    }
    const [, address, instruction, note = ''] = INSTRUCTION.exec(line) ?? [];
    if (address === undefined || instruction === undefined) continue;
    instructions.push({ address: BigInt(`0x${address}`), text: instruction, note, symbols });
    symbols = [];
  }
  return instructions;
}

/** @param {string} text */
const isNop = (text) => /^(nop\b|nopw|nopl|data16 .*nop|xchg\s+%ax,%ax$)/.test(text);

/**
 * The code as the kernel patches it at boot: each alternative's replacement, or what stands there, with the padding made one NOP.
 * @param {Disassembled[]} instructions
 * @param {{ address: bigint, length: bigint, replacement: Disassembled[] }[]} alternatives that lie among them
 * @param {boolean} applied whether the CPU has the feature that they are for
 * @returns {Disassembled[]}
 */
export function patched(instructions, alternatives, applied) {
  let result = instructions;
  for (const { address, length, replacement } of alternatives) {
    /** @param {Disassembled} one */
    const isInside = (one) => one.address >= address && one.address < address + length;
    const original = result.filter(isInside);
    const [first] = original;
    const kept = applied ? replacement : original.filter(({ text }) => !isNop(text));
    const isPadded = applied ? replacement.length === 0 : kept.length < original.length;
    /** @type {Disassembled[]} */
    const put = kept.map((one, index) => ({ ...one, address: address + BigInt(index), symbols: [] }));
    if (isPadded) put.push({ address: address + BigInt(kept.length), text: 'nop', note: '', symbols: [] });
    if (put[0] !== undefined && first !== undefined) put[0] = { ...put[0], address, symbols: first.symbols };
    result = result.flatMap((one) => (one === first ? put : isInside(one) ? [] : [one]));
  }
  return result;
}

const BRANCH = /^(j\w+|call)\s+(?:0x)?([0-9a-f]+)\s+<([^>]+)>$/;

/** @typedef {{ name: string, from: bigint, to: bigint }} PerCpuSymbol */

/**
 * @param {string} text
 * @param {string} note
 * @param {PerCpuSymbol[]} perCpu
 */
function operandSymbols(text, note, perCpu) {
  const noted = /^([0-9a-f]+)(?:\s+<([^>]+)>)?/.exec(note);
  /** @param {bigint} address */
  const named = (address) => {
    const symbol = perCpu.find(({ from, to }) => address >= from && address < to);
    if (symbol === undefined) throw new Error(`${text}: no per-CPU symbol at ${address.toString(16)}`);
    const offset = address - symbol.from;
    return offset === 0n ? symbol.name : `${symbol.name}+${offset}`;
  };
  return text
    .replace(/%gs:-?0x[0-9a-f]+\(%rip\)/, () => `%gs:${named(BigInt(`0x${noted?.[1] ?? '0'}`))}`)
    .replace(/%gs:(0x[0-9a-f]+)(?!\()/, (_all, /** @type {string} */ address) => `%gs:${named(BigInt(address))}`)
    .replace(
      /(^|[\s,])-?0x[0-9a-f]+\(%rip\)/,
      (_all, /** @type {string} */ before) => `${before}${noted?.[2] ?? noted?.[1] ?? '?'}(%rip)`,
    );
}

/**
 * @param {Disassembled[]} instructions in order
 * @param {PerCpuSymbol[]} perCpu per-CPU variables that they may name
 * @returns {string} one instruction or label a line; local labels `.L1:` in the order in which they stand
 */
export function listingText(instructions, perCpu = []) {
  const here = new Set(instructions.map(({ address }) => address));
  const targets = instructions.flatMap(({ text }) => {
    const branch = BRANCH.exec(text);
    return branch && here.has(BigInt(`0x${branch[2]}`)) ? [BigInt(`0x${branch[2]}`)] : [];
  });
  /** @type {Map<bigint, string[]>} */
  const labelled = new Map();
  for (const { address, symbols } of instructions) {
    if (symbols.length > 0) labelled.set(address, symbols);
    else if (targets.includes(address))
      labelled.set(address, [`.L${[...labelled.values()].flat().filter((name) => name.startsWith('.L')).length + 1}`]);
  }
  const lines = instructions.flatMap(({ address, text, note }) => {
    const branch = BRANCH.exec(text);
    const [, mnemonic, address16, symbol] = branch ?? [];
    const target = labelled.get(BigInt(`0x${address16 ?? '0'}`))?.[0] ?? symbol;
    const body = branch ? `${mnemonic} ${target}` : operandSymbols(isNop(text) ? 'nop' : text, note, perCpu);
    return [...(labelled.get(address) ?? []).map((name) => `${name}:`), `  ${body.replace(/\s+/g, ' ')}`];
  });
  return `${lines.join('\n')}\n`;
}
