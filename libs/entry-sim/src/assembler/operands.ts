// Operands in AT&T notation, as objdump prints them.
import { NO_REGISTER } from '../machine/instruction.js';
import { REGISTERS, REGISTERS_32, REGISTERS_8 } from '../machine/registers.js';

/** A line that cannot be read; the message quotes it. */
export class ListingError extends Error {
  constructor(reason: string, line: string) {
    super(`${reason}: "${line}"`);
    this.name = 'ListingError';
  }
}

export type Operand =
  | { readonly kind: 'r'; readonly register: number; readonly size: number }
  | { readonly kind: 'i'; readonly value: bigint }
  | { readonly kind: 'm'; readonly base: number; readonly usesGs: boolean; readonly displacement: bigint }
  | { readonly kind: 't'; readonly address: bigint }
  | { readonly kind: 'c' }
  | { readonly kind: 'd' }
  | { readonly kind: 'x' };

const WIDTHS: readonly (readonly [readonly string[], number])[] = [
  [REGISTERS, 8],
  [REGISTERS_32, 4],
  [REGISTERS_8, 1],
];

function register(name: string, line: string): Operand {
  for (const [names, size] of WIDTHS) {
    const index = names.indexOf(name);
    if (index >= 0) return { kind: 'r', register: index, size };
  }
  if (name === 'cr3') return { kind: 'c' };
  if (name === 'cr2') return { kind: 'd' };
  if (name === 'xmm0') return { kind: 'x' };
  throw new ListingError(`this machine has no register ${name}`, line);
}

/** A number, a symbol, or symbol+number and symbol-number. */
function value(text: string, symbols: ReadonlyMap<string, bigint>, line: string): bigint {
  const number = /^(-?)(0x[0-9a-f]+|\d+)$/.exec(text);
  if (number) return number[1] === '-' ? -BigInt(number[2] ?? 0) : BigInt(number[2] ?? 0);
  const sum = /^([A-Za-z_.][\w.]*)(?:([+-])(0x[0-9a-f]+|\d+))?$/.exec(text);
  const symbol = sum?.[1] === undefined ? undefined : symbols.get(sum[1]);
  if (!sum || symbol === undefined) throw new ListingError(`no number and no known symbol: ${text}`, line);
  const rest = BigInt(sum[3] ?? 0);
  return sum[2] === '-' ? symbol - rest : symbol + rest;
}

function memory(text: string, symbols: ReadonlyMap<string, bigint>, line: string): Operand {
  const parts = /^(%gs:)?([^()%]*)(?:\(%(\w+)\))?$/.exec(text);
  if (!parts) throw new ListingError(`cannot read the operand ${text}`, line);
  const [, gs, displacement = '', baseName] = parts;
  const base = baseName === undefined || baseName === 'rip' ? undefined : register(baseName, line);
  if (base !== undefined && (base.kind !== 'r' || base.size !== 8))
    throw new ListingError(`a base of 64 bits is expected in ${text}`, line);
  return {
    kind: 'm',
    base: base?.register ?? NO_REGISTER,
    usesGs: gs !== undefined,
    displacement: displacement === '' ? 0n : value(displacement, symbols, line),
  };
}

/**
 * @param isBranch whether a bare symbol is where to go, not memory
 * @throws ListingError
 */
export function parseOperand(
  text: string,
  isBranch: boolean,
  symbols: ReadonlyMap<string, bigint>,
  line: string,
): Operand {
  if (isBranch) return { kind: 't', address: value(text, symbols, line) };
  if (text.startsWith('$')) return { kind: 'i', value: value(text.slice(1), symbols, line) };
  if (text.startsWith('%') && !text.startsWith('%gs:')) return register(text.slice(1), line);
  return memory(text, symbols, line);
}
