// Proves from `objdump -d --no-show-raw-insn` that nothing stands between a stamp and its crossing.

const rdtsc = [/^rdtsc$/];
/**
 * Each measured loop from its stamp to its closing stamp: what must stand from each label on, instruction by instruction
 * (AT&T mnemonics and operands), and nothing else up to the next.
 */
const LOOPS = [
  [
    { label: 'xperf_marked_stamp', instructions: rdtsc },
    { label: 'xperf_marked_fault', instructions: [/^movb\s+\$0x1,(0x0)?\(%r13\)$/] },
    { label: 'xperf_marked_closing', instructions: rdtsc },
  ],
  [
    { label: 'xperf_timed_stamp', instructions: rdtsc },
    {
      label: 'xperf_timed_fault',
      instructions: [/^movb\s+\$0x1,\(%rdi\)$/, /^mov\s+%eax,%r8d$/, /^mov\s+%edx,%r9d$/],
    },
    { label: 'xperf_timed_closing', instructions: rdtsc },
  ],
  [
    { label: 'xperf_syscall_stamp', instructions: [...rdtsc, /^mov\s+%eax,%r8d$/, /^mov\s+\$0x6e,%eax$/] },
    { label: 'xperf_syscall_call', instructions: [/^syscall$/, /^mov\s+%edx,%r9d$/] },
    { label: 'xperf_syscall_closing', instructions: rdtsc },
  ],
  [
    {
      label: 'xperf_cpuid_stamp',
      instructions: [...rdtsc, /^mov\s+%eax,%r8d$/, /^mov\s+%edx,%r9d$/, /^xor\s+%eax,%eax$/],
    },
    { label: 'xperf_cpuid_call', instructions: [/^cpuid$/] },
    { label: 'xperf_cpuid_closing', instructions: rdtsc },
  ],
];
const EXPECTED = LOOPS.flat();

const CACHE_LINE = 64n;
const LFENCE_BYTES = 3n;

/**
 * Each loop starts on a cache line: its fence stands right before the stamp (touch.c says what else that costs).
 *
 * @param {string} text
 */
function misplacedLoops(text) {
  return [...text.matchAll(/^([0-9a-f]+) <(xperf_[a-z]+_stamp)>:$/gm)].flatMap(([, address, label]) => {
    const start = BigInt(`0x${address}`) - LFENCE_BYTES;
    return start % CACHE_LINE === 0n
      ? []
      : [`the loop of ${label} starts ${start % CACHE_LINE} bytes into a cache line`];
  });
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
  for (const loop of LOOPS) {
    loop.slice(0, -1).forEach(({ label, instructions }, index) => {
      const found = symbols.get(label);
      const next = loop[index + 1]?.label ?? '';
      if (found && symbols.has(next) && found.length !== instructions.length)
        faults.push(`${found.length - instructions.length} extra instruction(s) between ${label} and ${next}`);
    });
  }
  return faults;
}
