export interface Disassembled {
  readonly address: bigint;
  readonly text: string;
  readonly note: string;
  readonly symbols: readonly string[];
}
export function readDisassembly(text: string): Disassembled[];
export function patched(
  instructions: readonly Disassembled[],
  alternatives: readonly { address: bigint; length: bigint; replacement: readonly Disassembled[] }[],
  applied: boolean,
): Disassembled[];
export function listingText(
  instructions: readonly Disassembled[],
  perCpu?: readonly { name: string; from: bigint; to: bigint }[],
): string;
