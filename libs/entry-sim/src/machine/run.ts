// The interpreter's loop.
import { FETCH, raise, translate } from './access.js';
import { deliverFault, deliverPending } from './delivery.js';
import { NONE, VECTOR } from './faults.js';
import { INSTRUCTION_BYTES, type Instruction } from './instruction.js';
import type { Machine } from './machine.js';
import { PAGE_BYTES } from './memory.js';
import { FLAG } from './registers.js';

/** Error code of #CP: a missing ENDBR (SDM vol. 3A §6.15, interrupt 21). */
const MISSING_ENDBRANCH = 3;

/** Looks up the page at RIP and remembers it: mostly the next instruction lies in the same one. */
function fetchPage(machine: Machine): boolean {
  const at = translate(machine, machine.ripHigh, machine.ripLow, FETCH);
  if (at < 0) return false;
  const { fetched, space } = machine;
  fetched.space = space;
  fetched.changes = space.changes;
  fetched.cpl = machine.cpl;
  fetched.smep = machine.smep;
  fetched.high = machine.ripHigh;
  fetched.page = machine.ripLow & -PAGE_BYTES;
  fetched.firstPlace = (at - (machine.ripLow & (PAGE_BYTES - 1))) / INSTRUCTION_BYTES;
  return true;
}

/** Whether the page at RIP is the one fetched from last, under the same rights. */
function isFetched(machine: Machine): boolean {
  const { fetched, space, ripLow } = machine;
  return (
    fetched.page === (ripLow & -PAGE_BYTES) &&
    fetched.high === machine.ripHigh &&
    fetched.space === space &&
    fetched.changes === space.changes &&
    fetched.cpl === machine.cpl &&
    fetched.smep === machine.smep
  );
}

/**
 * The instruction at RIP.
 * @returns undefined when fetching it raised a fault (`machine.fault`)
 */
export function fetch(machine: Machine): Instruction | undefined {
  if (!isFetched(machine) && !fetchPage(machine)) return undefined;
  const inPage = machine.ripLow & (PAGE_BYTES - 1);
  const instruction =
    inPage % INSTRUCTION_BYTES === 0
      ? machine.code[machine.fetched.firstPlace + inPage / INSTRUCTION_BYTES]
      : undefined;
  if (instruction === undefined) {
    raise(machine, VECTOR.undefinedInstruction, NONE);
    return undefined;
  }
  if (machine.endbranchDue && instruction.mnemonic !== 'endbr64') {
    raise(machine, VECTOR.controlProtection, MISSING_ENDBRANCH);
    return undefined;
  }
  return instruction;
}

/** RF holds for one instruction; IRETQ loads it again (SDM vol. 3B §17.3.1.1). */
export function execute(machine: Machine, instruction: Instruction): void {
  machine.flags &= ~FLAG.resume;
  instruction.execute(machine, instruction);
}

/**
 * Does one instruction, or delivers what is due: an exception that it raises, or an interrupt in its place.
 * @returns where in `machine.code` the next instruction stands, when this one was plain; else -1
 */
export function step(machine: Machine): number {
  if ((machine.pendingNmi || machine.pendingInterrupt !== NONE) && deliverPending(machine) !== NONE) return -1;
  const instruction = fetch(machine);
  if (instruction !== undefined) {
    execute(machine, instruction);
    if (machine.fault === NONE) {
      machine.retired += 1;
      return instruction.isPlain ? nextPlace(machine) : -1;
    }
  }
  deliverFault(machine);
  return -1;
}

/** In `code`, of the instruction at RIP, which lies in the page fetched from last; -1 when that page has ended. */
function nextPlace({ ripLow, fetched }: Machine): number {
  const inPage = ripLow & (PAGE_BYTES - 1);
  return inPage === 0 ? -1 : fetched.firstPlace + inPage / INSTRUCTION_BYTES;
}

/** Executes plain instructions from `place` on, one after the other, up to one that is not, faults, or reaches the limit. */
function runPlain(machine: Machine, first: number, last: number): void {
  const { code } = machine;
  for (let place = first; place >= 0 && machine.retired < last; place = nextPlace(machine)) {
    const instruction = code[place];
    if (instruction === undefined || !instruction.isPlain || machine.endbranchDue) return;
    execute(machine, instruction);
    if (machine.fault !== NONE) {
      deliverFault(machine);
      return;
    }
    machine.retired += 1;
  }
}

/**
 * Runs until a service halts the machine or the CPU shuts down.
 * @param limit retired instructions, an upper bound against programs that never end
 * @returns why it ended: what the service said, `shutdown`, `limit`
 */
export function run(machine: Machine, limit: number): string {
  const last = machine.retired + limit;
  while (machine.halted === '' && !machine.shutdown && machine.retired < last) {
    const place = step(machine);
    if (place >= 0) runPlain(machine, place, last);
  }
  if (machine.shutdown) return 'shutdown';
  return machine.halted === '' ? 'limit' : machine.halted;
}
