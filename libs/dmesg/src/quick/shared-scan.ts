// The memory that all readers of this thread share, and the scan over it. A reader is in it for the length of one call only.
import { ascii } from '../cursor.js';
import { fnv1a, fnvPrime } from '../fnv1a.js';
import { assemble } from './assemble.js';
import { betweenNumbers } from './between-numbers.js';
import { memoryBytes, needleAt, needleText, pages, textAt, textWord } from './memory.js';
import { plainScan } from './plain-scan.js';
import { scanText } from './scan.wat.js';

/**
 * Goes through the log's bytes (from `dataAt` in the memory) from offset `at` on, passes over the records that follow
 * without a loss, and reads the sample lines that are like the one learnt. Returns the offset at which it ended, and leaves
 * in the memory's words why, and what it did. Ends at or behind `to`, unless a mark, a line's head, or the number of samples
 * ends it before.
 */
export type Scan = (at: number, to: number) => number;

export interface SharedScan {
  readonly memory: ArrayBuffer;
  readonly scan: Scan;
}

/**
 * A step of FNV-1a changes only the low byte by the text's byte, then multiplies: so k steps are `state * prime^k +
 * correction`, and the correction follows from the state's low byte and the text alone. A table of 256 corrections makes a
 * whole text one step.
 */
function layText(memory: ArrayBuffer, text: string): void {
  const bytes = ascii(text);
  const at = textAt(text);
  const view = new DataView(memory);
  new Uint8Array(memory).set(bytes, at);
  let power = 1;
  for (let count = 0; count < bytes.length; count++) power = Math.imul(power, fnvPrime);
  view.setInt32(at + textWord.mask, (1 << bytes.length) - 1, true);
  view.setInt32(at + textWord.length, bytes.length, true);
  view.setInt32(at + textWord.power, power, true);
  for (let low = 0; low < 256; low++) {
    const correction = fnv1a(bytes, 0, bytes.length, low) - Math.imul(low, power);
    view.setInt32(at + textWord.corrections + 4 * low, correction, true);
  }
}

/** With vectors where the CPU has them (x86-64 from SSE 4.1 on, and every ARM64) and memory may be reserved for them. */
export function vectorScan(): SharedScan {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(assemble(scanText, pages)));
  const { buffer } = exports['memory'] as WebAssembly.Memory;
  new Uint8Array(buffer).set(ascii(needleText), needleAt);
  for (const text of betweenNumbers) layText(buffer, text);
  return { memory: buffer, scan: exports['scan'] as Scan };
}

/** Finds the same, and leaves heads and sample lines to the careful way. */
export function slowScan(): SharedScan {
  const memory = new ArrayBuffer(memoryBytes);
  return { memory, scan: plainScan(memory) };
}

function bestScan(): SharedScan {
  try {
    return vectorScan();
  } catch (error) {
    if (error instanceof WebAssembly.CompileError || error instanceof RangeError) return slowScan();
    throw error;
  }
}

let best: SharedScan | undefined;

/** Made when it is first asked for: that takes 10 ms, and most commands of xf read no log. */
export function sharedScan(): SharedScan {
  return (best ??= bestScan());
}
