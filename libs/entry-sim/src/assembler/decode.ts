// One line of a listing to one decoded instruction.
import { halves } from '../machine/address.js';
import { NO_REGISTER, type Instruction } from '../machine/instruction.js';
import { DISPATCH, isPlain } from '../machine/instructions/table.js';
import { ListingError, parseOperand, type Operand } from './operands.js';

const SUFFIX_SIZE: Readonly<Record<string, number>> = { b: 1, l: 4, q: 8 };
/** Names that objdump or the manuals use for the same thing. */
const ALIASES: Readonly<Record<string, string>> = {
  movabs: 'mov', iretq: 'iret', nopl: 'nop', nopw: 'nop', jz: 'je', jnz: 'jne', retq: 'ret',
}; // prettier-ignore
const VERW_BYTES = 2;

/** Operands stand between commas outside of parentheses. */
function splitOperands(text: string): string[] {
  return text === '' ? [] : text.split(/,(?![^(]*\))/).map((operand) => operand.trim());
}

const ROOTS = new Set([...DISPATCH.keys()].map((key) => key.slice(0, key.indexOf(':'))));

/** A mnemonic that is not known whole ends in the width of its operands. */
function rootOf(mnemonic: string, line: string): { root: string; suffixSize: number | undefined } {
  const alias = ALIASES[mnemonic] ?? mnemonic;
  if (ROOTS.has(alias)) return { root: alias, suffixSize: undefined };
  const root = alias.slice(0, -1);
  const suffixSize = SUFFIX_SIZE[alias.slice(-1)];
  if (!ROOTS.has(root) || suffixSize === undefined)
    throw new ListingError('this machine has no such instruction', line);
  return { root, suffixSize };
}

function sizeOf(root: string, suffixSize: number | undefined, operands: readonly Operand[]): number {
  if (root === 'verw') return VERW_BYTES;
  if (suffixSize !== undefined) return suffixSize;
  const widths = operands.flatMap((operand) => (operand.kind === 'r' ? [operand.size] : []));
  return widths.at(-1) ?? 8;
}

export interface Line {
  /** Without its comment. */
  readonly text: string;
  /** Symbol and position in it. */
  readonly place: string;
}

/**
 * @param symbols addresses and constants that operands may name
 * @throws ListingError naming the line and what is not understood
 */
export function decode({ text, place }: Line, symbols: ReadonlyMap<string, bigint>): Instruction {
  const [, mnemonic = '', rest = ''] = /^(\S+)\s*(.*)$/.exec(text) ?? [];
  const { root, suffixSize } = rootOf(mnemonic, text);
  const isNop = root === 'nop'; // its operand, if any, is padding
  const isBranch = /^j|^call$/.test(root);
  const operands = isNop ? [] : splitOperands(rest).map((operand) => parseOperand(operand, isBranch, symbols, text));
  const entry = DISPATCH.get(`${root}:${operands.map(({ kind }) => kind).join('')}`);
  if (entry === undefined) throw new ListingError('this machine has no such instruction', text);
  const target = operands.at(-1);
  const [first] = operands;
  const immediate = halves(first?.kind === 'i' ? first.value : 0n);
  const memory = operands.find((operand) => operand.kind === 'm');
  const displacement = halves(memory?.displacement ?? 0n);
  const branch = halves(first?.kind === 't' ? first.address : 0n);
  // A register that stands alone is what is read (push) and what is written (pop); INC and DEC have no second operand.
  const readsNothing = /^(inc|dec)$/.test(root);
  return {
    execute: entry.execute,
    size: sizeOf(root, suffixSize, operands),
    source: first?.kind === 'r' && !readsNothing ? first.register : NO_REGISTER,
    target: target?.kind === 'r' ? target.register : NO_REGISTER,
    immediateLow: immediate.low,
    immediateHigh: immediate.high,
    base: memory?.base ?? NO_REGISTER,
    usesGs: memory?.usesGs ?? false,
    displacementLow: displacement.low,
    displacementHigh: displacement.high,
    branchLow: branch.low,
    branchHigh: branch.high,
    isPlain: isPlain(entry),
    mnemonic: mnemonic === 'iret' ? 'iretq' : mnemonic,
    text,
    place,
    costClass: entry.costClass,
  };
}
