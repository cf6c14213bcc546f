// What the compiled entry code must look like around the stamps, and how many instructions each window holds.

/** The u2k stamp: from the entry of the page fault on. ENDBR64 stands there only with IBT. */
const ENTRY_STAMP = [
  /^push\s+%rax$/,
  /^push\s+%rdx$/,
  /^rdtsc$/,
  /^testb\s+\$0x3,0x20\(%rsp\)$/,
  /^je\s/,
  /^mov\s+%eax,-0xfc0\(%rsp\)$/,
  /^mov\s+%edx,-0xfbc\(%rsp\)$/,
  /^pop\s+%rdx$/,
  /^pop\s+%rax$/,
];

/** The k2u stamp: up to the SWAPGS that precedes IRETQ. */
const EXIT_STAMP = [
  /^push\s+%rax$/,
  /^push\s+%rdx$/,
  /^push\s+%rcx$/,
  /^mov\s+%gs:.*,%rcx$/,
  /^incq\s+-0xff0\(%rcx\)$/,
  /^cmpl\s+\$0x0,-0xfe8\(%rcx\)$/,
  /^je\s/,
  /^movl\s+\$0x0,-0xfe8\(%rcx\)$/,
  /^rdtsc$/,
  /^mov\s+%eax,-0xff8\(%rcx\)$/,
  /^mov\s+%edx,-0xff4\(%rcx\)$/,
  /^pop\s+%rcx$/,
  /^pop\s+%rdx$/,
  /^pop\s+%rax$/,
  /^swapgs$/,
];

/** @typedef {{ address: number, symbol: string, text: string }} Instruction */

/**
 * @param {string} text output of `objdump -d --no-show-raw-insn`
 * @returns {Instruction[]} addresses relative to 0xffffffff00000000, to stay exact
 */
export function parseInstructions(text) {
  /** @type {Instruction[]} */
  const instructions = [];
  let symbol = '';
  for (const line of text.split('\n')) {
    const heading = /^[0-9a-f]+ <(.+)>:$/.exec(line)?.[1];
    if (heading !== undefined) {
      symbol = heading;
      continue;
    }
    const [, address, instruction] = /^\s*([0-9a-f]+):\s+(.*?)\s*(#.*)?$/.exec(line) ?? [];
    if (address !== undefined && instruction !== undefined)
      instructions.push({ address: Number.parseInt(address.slice(-8), 16), symbol, text: instruction });
  }
  return instructions;
}

/** @param {Instruction} instruction */
const isStamp = ({ text }) => text === 'rdtsc';

/**
 * @param {string} name
 * @param {RegExp[]} expected
 * @param {Instruction[]} instructions
 * @param {number} first
 */
function sequenceFaults(name, expected, instructions, first) {
  return expected.flatMap((pattern, index) => {
    const found = instructions[first + index]?.text ?? 'nothing';
    return pattern.test(found) ? [] : [`${name}, instruction ${index}: expected ${pattern.source}, found ${found}`];
  });
}

/** @param {Instruction[]} instructions */
function entryStart(instructions) {
  const start = instructions.findIndex(({ symbol }) => symbol === 'asm_exc_page_fault');
  return instructions[start]?.text === 'endbr64' ? start + 1 : start;
}

/**
 * @param {string} text disassembly of the entry code of a vmlinux with the hook
 * @returns {{ pageFaultEntry: number, exitStamp: number }} where the windows begin, low 32 bits of the addresses
 */
export function windowStarts(text) {
  const instructions = parseInstructions(text);
  const entry = instructions.find(({ symbol }) => symbol === 'asm_exc_page_fault');
  const exit = instructions.find((instruction) => isStamp(instruction) && instruction.symbol !== 'asm_exc_page_fault');
  if (!entry || !exit) throw new Error('no stamps in this entry code');
  return { pageFaultEntry: entry.address, exitStamp: exit.address };
}

/**
 * @param {string} text disassembly of the entry code of a vmlinux with the hook
 * @returns {string[]} what is wrong; empty when both stamps stand where they must
 */
export function stampFaults(text) {
  const instructions = parseInstructions(text);
  const start = entryStart(instructions);
  if (start < 0) return ['no symbol asm_exc_page_fault'];
  const faults = sequenceFaults('u2k stamp', ENTRY_STAMP, instructions, start);
  const stamps = instructions.flatMap((instruction, index) => (isStamp(instruction) ? [index] : []));
  if (stamps.length !== 2) return [...faults, `${stamps.length} rdtsc in the entry code, expected 2`];
  const exit = stamps.find((index) => instructions[index]?.symbol !== 'asm_exc_page_fault');
  if (exit === undefined) return [...faults, 'no k2u stamp outside asm_exc_page_fault'];
  return [
    ...faults,
    ...sequenceFaults('k2u stamp', EXIT_STAMP, instructions, exit - EXIT_STAMP.findIndex((p) => p.test('rdtsc'))),
  ];
}

/** @param {string} text of a jump */
function targetOf(text) {
  const address = /^j\w+\s+(?:0x)?([0-9a-f]+)/.exec(text)?.[1];
  if (address === undefined) throw new Error(`no target in ${text}`);
  return Number.parseInt(address.slice(-8), 16);
}

/**
 * Whether a conditional jump on the way out is taken: the only tests there ask for user mode, and for an LDT stack.
 *
 * @param {string} jump
 * @param {string | undefined} test the instruction before it
 */
function isTaken(jump, test) {
  if (test === undefined) throw new Error(`nothing stands before ${jump}`);
  if (/^testb\s+\$0x3,0x8\(%rsp\)/.test(test) && /^jne?\s/.test(jump)) return true; // CS: to user mode
  if (/^testb\s+\$0x4,0x20\(%rsp\)/.test(test)) return false; // SS: not of an LDT
  throw new Error(`a conditional jump whose outcome is not known here: ${test}; ${jump}`);
}

/**
 * Instructions between the stamps, as QEMU's -icount counts them: a fault that is raised does not count, a repeated one does.
 * @param {string} text disassembly of the entry code as it stands in the memory of the running guest (alternatives applied)
 * @param {{ pageFaultEntry: number, exitStamp: number }} addresses of the entry, and of the exit's rdtsc, low 32 bits
 * @param {number} [userInstructions] from the user's stamp, itself included, to the store that faults
 * @returns {{ u2k: number, k2u: number, u2kPath: string[], k2uPath: string[] }} paths on the kernel's side
 */
export function windowInstructions(text, { pageFaultEntry, exitStamp }, userInstructions = 1) {
  const instructions = parseInstructions(text);
  const at = new Map(instructions.map(({ address }, index) => [address, index]));
  /** @param {number} address */
  const indexOf = (address) => {
    const index = at.get(address);
    if (index === undefined) throw new Error(`no instruction at ${address.toString(16)}`);
    return index;
  };
  const entry = indexOf(pageFaultEntry);
  const untilStamp = instructions.slice(entry).findIndex(isStamp);
  /** @type {string[]} */
  const path = [];
  for (let index = indexOf(exitStamp); ;) {
    const instruction = instructions[index]?.text;
    if (instruction === undefined) throw new Error('the way out leads past the entry code');
    path.push(instruction);
    if (instruction === 'iretq' || instruction === 'iret') break;
    const jumps =
      /^j/.test(instruction) && (/^jmp/.test(instruction) || isTaken(instruction, instructions[index - 1]?.text));
    index = jumps ? indexOf(targetOf(instruction)) : index + 1;
  }
  const u2kPath = instructions.slice(entry, entry + untilStamp).map(({ text: instruction }) => instruction);
  // u2k: the user's part, then the entry up to the stamp. k2u: from the stamp through iretq, then the repeated store.
  return { u2k: userInstructions + untilStamp, k2u: path.length + 1, u2kPath, k2uPath: path };
}
