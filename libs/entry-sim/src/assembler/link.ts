// Listings to code in a machine's memory: labels get addresses, lines become instructions.
import { INSTRUCTION_BYTES, type Instruction } from '../machine/instruction.js';
import { decode } from './decode.js';
import { ListingError } from './operands.js';

export interface Section {
  /** Address of its first instruction. */
  readonly address: bigint;
  /** `label:` or an instruction a line; `#` begins a comment. Labels that begin with a dot are local to the section. */
  readonly listing: string;
}

export interface LinkedSection {
  readonly address: bigint;
  readonly instructions: readonly Instruction[];
}

export interface Linked {
  readonly sections: readonly LinkedSection[];
  /** Every label that is not local, and every constant given. */
  readonly symbols: ReadonlyMap<string, bigint>;
}

interface Placed {
  readonly text: string;
  readonly place: string;
}

interface Scanned {
  readonly lines: Placed[];
  readonly locals: Map<string, bigint>;
}

function scan({ address, listing }: Section, globals: Map<string, bigint>): Scanned {
  const lines: Placed[] = [];
  const locals = new Map<string, bigint>();
  let symbol = '';
  let offset = 0;
  for (const raw of listing.split('\n')) {
    const text = raw.replace(/#.*$/, '').trim().replace(/\s+/g, ' ');
    if (text === '') continue;
    const label = /^([\w.]+):$/.exec(text)?.[1];
    if (label === undefined) {
      lines.push({ text, place: `${symbol}+${offset}` });
      offset += 1;
      continue;
    }
    const names = label.startsWith('.') ? locals : globals;
    if (names.has(label)) throw new ListingError('this label stands twice', text);
    names.set(label, address + BigInt(lines.length * INSTRUCTION_BYTES));
    if (!label.startsWith('.')) {
      symbol = label;
      offset = 0;
    }
  }
  return { lines, locals };
}

/**
 * @param sections all code of a machine
 * @param constants symbols that are no labels: per-CPU offsets, MAGIC
 * @throws ListingError for a line that the machine cannot execute, or a label that stands twice
 */
export function link(sections: readonly Section[], constants: Readonly<Record<string, bigint>>): Linked {
  const globals = new Map(Object.entries(constants));
  const scanned = sections.map((section) => ({ section, ...scan(section, globals) }));
  return {
    symbols: globals,
    sections: scanned.map(({ section, lines, locals }) => {
      const symbols = new Map([...globals, ...locals]);
      return { address: section.address, instructions: lines.map((line) => decode(line, symbols)) };
    }),
  };
}
