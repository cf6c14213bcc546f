// Proves from `objdump -d --no-show-raw-insn` that nothing stands between a stamp and its crossing.

/** What must stand from each label of the measured loops on, instruction by instruction (AT&T mnemonics and operands). */
const EXPECTED = [
  { label: 'xperf_marked_stamp', instructions: [/^rdtsc$/] },
  { label: 'xperf_marked_fault', instructions: [/^movb\s+\$0x1,(0x0)?\(%r13\)$/] },
  { label: 'xperf_marked_closing', instructions: [/^rdtsc$/] },
  { label: 'xperf_timed_stamp', instructions: [/^rdtsc$/] },
  {
    label: 'xperf_timed_fault',
    instructions: [/^movb\s+\$0x1,\(%rdi\)$/, /^mov\s+%eax,%r8d$/, /^mov\s+%edx,%r9d$/],
  },
  { label: 'xperf_timed_closing', instructions: [/^rdtsc$/] },
  { label: 'xperf_syscall_stamp', instructions: [/^rdtsc$/, /^mov\s+%eax,%r8d$/, /^mov\s+\$0x6e,%eax$/] },
  { label: 'xperf_syscall_call', instructions: [/^syscall$/, /^mov\s+%edx,%r9d$/] },
  { label: 'xperf_syscall_closing', instructions: [/^rdtsc$/] },
];

/**
 * Pairs of labels between which nothing may stand but the first label's own instructions.
 *
 * @type {[before: string, after: string][]}
 */
const ADJACENT = [
  ['xperf_marked_stamp', 'xperf_marked_fault'],
  ['xperf_marked_fault', 'xperf_marked_closing'],
  ['xperf_timed_stamp', 'xperf_timed_fault'],
  ['xperf_timed_fault', 'xperf_timed_closing'],
  ['xperf_syscall_stamp', 'xperf_syscall_call'],
  ['xperf_syscall_call', 'xperf_syscall_closing'],
];

const CACHE_LINE = 64n;
const LFENCE_BYTES = 3n;

/**
 * Each loop starts on a cache line: its fence stands right before the stamp (touch.c says what else that costs).
 *
 * @param {string} text
 */
function misplacedLoops(text) {
  return [...text.matchAll(/^([0-9a-f]+) <(xperf_(?:marked|timed|syscall)_stamp)>:$/gm)].flatMap(
    ([, address, label]) => {
      const start = BigInt(`0x${address}`) - LFENCE_BYTES;
      return start % CACHE_LINE === 0n
        ? []
        : [`the loop of ${label} starts ${start % CACHE_LINE} bytes into a cache line`];
    },
  );
}

/**
 * @param {string} text output of `objdump -d --no-show-raw-insn`
 * @returns {Map<string, string[]>} instructions of each symbol, in order, comments stripped
 */
export function instructionsBySymbol(text) {
  /** @type {Map<string, string[]>} */
  const symbols = new Map();
  /** @type {string[]} */
  let current = []; // what stands before the first symbol belongs to none
  for (const line of text.split('\n')) {
    const heading = /^[0-9a-f]+ <(.+)>:$/.exec(line)?.[1];
    if (heading !== undefined) {
      current = [];
      symbols.set(heading, current);
      continue;
    }
    const instruction = /^\s*[0-9a-f]+:\s+(.*?)\s*(#.*)?$/.exec(line)?.[1];
    if (instruction !== undefined) current.push(instruction);
  }
  return symbols;
}

/**
 * @param {string} text output of `objdump -d --no-show-raw-insn` of the xperf program
 * @returns {string[]} what is wrong; empty when the measured loops stand as written
 */
export function measuredLoopFaults(text) {
  const symbols = instructionsBySymbol(text);
  const faults = misplacedLoops(text);
  for (const { label, instructions } of EXPECTED) {
    const found = symbols.get(label);
    if (!found) {
      faults.push(`no symbol ${label}`);
      continue;
    }
    instructions.forEach((expected, index) => {
      if (!expected.test(found[index] ?? ''))
        faults.push(`${label}+${index}: expected ${expected.source}, found ${found[index] ?? 'nothing'}`);
    });
  }
  for (const [before, after] of ADJACENT) {
    const expected = EXPECTED.find(({ label }) => label === before);
    const found = symbols.get(before);
    if (expected && found && symbols.has(after) && found.length !== expected.instructions.length)
      faults.push(`${found.length - expected.instructions.length} extra instruction(s) between ${before} and ${after}`);
  }
  return faults;
}
