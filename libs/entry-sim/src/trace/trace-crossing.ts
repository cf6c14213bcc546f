// One crossing there and back, written down step by step.
import { effectiveAddress } from '../machine/access.js';
import { hexadecimal, whole } from '../machine/address.js';
import { deliverFault } from '../machine/delivery.js';
import { hasErrorCode, NONE, PAGE_FAULT, VECTOR, vectorName } from '../machine/faults.js';
import { INSTRUCTION_BYTES, type Instruction } from '../machine/instruction.js';
import type { Machine } from '../machine/machine.js';
import { execute, fetch } from '../machine/run.js';
import { buildCrossing, type Changes } from '../programs/build.js';
import { startCrossing } from '../programs/start.js';
import type {
  CostClass, CrossingSettings, CrossingTrace, CrossingWindow, StampRole, TraceStep,
} from '../vocabulary/crossing-trace.js'; // prettier-ignore
import { snapshot, stateAfter } from './snapshot.js';
import { StackPicture } from './stack-picture.js';

/** The stamps in the order in which RDTSC takes them, and the window that each opens. */
const STAMPS: readonly (readonly [StampRole, CrossingWindow | null])[] = [
  ['opens-u2k', 'u2k'],
  ['closes-u2k', null],
  ['opens-k2u', 'k2u'],
  ['closes-k2u', null],
];
/** A machine that dies runs into its own faults; by then it has. */
const MOST_STEPS = 4_000;
type Described = Pick<TraceStep, 'actor' | 'kind' | 'mnemonic' | 'text' | 'costClass' | 'counted' | 'symbol'>;

function costClassOf(machine: Machine, instruction: Instruction, ripLowBefore: number): CostClass {
  if (instruction.costClass === 'jcc-not-taken' && machine.ripLow !== ((ripLowBefore + INSTRUCTION_BYTES) | 0))
    return 'jcc-taken';
  return instruction.costClass;
}

function describeInstruction(instruction: Instruction, cpl: number, counted: boolean, costClass: CostClass): Described {
  const isService = instruction.mnemonic === 'service';
  return {
    actor: cpl === 3 ? 'user' : 'kernel',
    kind: isService ? 'fault-handler' : counted ? 'instruction' : 'faulting-instruction',
    mnemonic: isService ? 'fault-handler' : instruction.mnemonic,
    text: isService ? 'the fault is handled: the page is put in place, the exit stamp is armed' : instruction.text,
    costClass,
    counted: counted && !isService,
    symbol: instruction.place,
  };
}

class Tracer {
  readonly steps: TraceStep[] = [];
  readonly instructions = { u2k: 0, k2u: 0 };
  #window: CrossingWindow | null = null;
  #stamps = 0;
  readonly #machine: Machine;
  readonly #picture: StackPicture;

  constructor(machine: Machine, picture: StackPicture) {
    this.#machine = machine;
    this.#picture = picture;
  }

  get isComplete(): boolean {
    return this.#stamps === STAMPS.length;
  }

  #record(described: Described, before: ReadonlyMap<string, string>): void {
    let stamp: StampRole | null = null;
    if (described.mnemonic === 'rdtsc' && described.counted) {
      [stamp, this.#window] = STAMPS[this.#stamps] ?? [null, null];
      this.#stamps += 1;
    }
    const window = this.#window;
    if (window !== null && described.counted) this.instructions[window] += 1;
    this.steps.push({
      index: this.steps.length,
      window,
      stamp,
      ...described,
      counted: described.counted && window !== null,
      state: stateAfter(this.#machine, before),
      stack: this.#picture.slots(),
    });
  }

  #hardware(kind: 'failed-page-walk' | 'exception-delivery', text: string, before: ReadonlyMap<string, string>): void {
    this.#record(
      { actor: 'hardware', kind, mnemonic: kind, text, costClass: kind, counted: false, symbol: '' },
      before,
    );
  }

  #deliver(): void {
    const machine = this.#machine;
    const before = snapshot(machine);
    if (machine.fault === VECTOR.pageFault && (machine.faultErrorCode & PAGE_FAULT.present) === 0)
      this.#hardware(
        'failed-page-walk',
        `page walk for ${hexadecimal(machine.faultHigh, machine.faultLow)}: not present`,
        before,
      );
    const raised = machine.fault;
    deliverFault(machine);
    const delivered = machine.lastVector;
    this.#picture.hardwareFrame(hasErrorCode(delivered));
    const cause = delivered === raised ? '' : `, because ${vectorName(raised)} could not be delivered`;
    const text = machine.shutdown
      ? `${vectorName(raised)} cannot be delivered, nor can #DF: shutdown`
      : `${vectorName(delivered)} is delivered${cause}: ${hasErrorCode(delivered) ? 'five words and an error code' : 'five words'} pushed`;
    this.#hardware('exception-delivery', text, before);
  }

  step(): void {
    const machine = this.#machine;
    const before = snapshot(machine);
    const { cpl, ripLow } = machine;
    const instruction = fetch(machine);
    if (instruction === undefined) return this.#deliver();
    effectiveAddress(machine, instruction);
    const operand = whole(machine.addressHigh, machine.addressLow);
    execute(machine, instruction);
    if (machine.fault !== NONE) {
      this.#record(describeInstruction(instruction, cpl, false, instruction.costClass), before);
      return this.#deliver();
    }
    machine.retired += 1;
    this.#picture.instruction(instruction, operand);
    const described = describeInstruction(instruction, cpl, true, costClassOf(machine, instruction, ripLow));
    const text = machine.halted === '' ? described.text : `the kernel gives up: ${machine.halted}`;
    this.#record({ ...described, text }, before);
  }
}

/**
 * Runs one crossing: the user's stamp, the fault, the kernel's stamps, the return, the user's closing stamp.
 * A mechanism that kills the machine under these settings gives the steps up to its death.
 * @param changes parts of the code put in another's place
 */
export function traceCrossing(settings: CrossingSettings, changes: Changes = {}): CrossingTrace {
  const crossing = buildCrossing(settings, changes);
  const { machine, kernel } = crossing;
  startCrossing(crossing, { pages: 1 });
  const tracer = new Tracer(machine, new StackPicture(machine, kernel));
  while (!tracer.isComplete && machine.halted === '' && !machine.shutdown && tracer.steps.length < MOST_STEPS)
    tracer.step();
  return {
    settings,
    steps: tracer.steps,
    instructions: tracer.instructions,
    death: tracer.isComplete ? null : deathOf(machine),
  };
}

function deathOf(machine: Machine): NonNullable<CrossingTrace['death']> {
  if (machine.shutdown) return { kind: 'shutdown', detail: 'a triple fault' };
  const [, kind = 'halt', detail = ''] = /^(\w+): (.*)$/.exec(machine.halted) ?? [];
  return { kind, detail: detail || machine.halted || `no end within ${MOST_STEPS} steps` };
}
