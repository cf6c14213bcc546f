// Kernel work outside the windows, done at once: what the hook's C code does with the stamps, and putting the page in place.
import { halves, hexadecimal } from '../machine/address.js';
import { PAGE_FAULT, vectorName } from '../machine/faults.js';
import type { Machine, Service } from '../machine/machine.js';
import { PAGE, PAGE_BYTES, type AddressSpace } from '../machine/memory.js';
import { RSP } from '../machine/registers.js';
import { privilegeOf } from '../machine/selectors.js';
import type { CrossingSettings } from '../vocabulary/crossing-trace.js';
import { isOrigin } from './origin.js';
import type { Pages } from './pages.js';
import { AT, FRAME, MAGIC, PER_CPU, STAMPS, USER_SLOTS } from './memory-map.js';

/** One marked fault as the kernel reports it. */
export interface Sample {
  /** TSC steps; 0 or more. */
  readonly u2k: number;
  /** Of the crossing before; −1: no valid exit stamp. */
  readonly k2u: number;
  /** More than one return to user mode since the fault before. */
  readonly interrupted: boolean;
}

/** Offsets as numbers, once: a crossing asks for them a dozen times. */
const STAMP_AT = { entry: Number(STAMPS.entry), exit: Number(STAMPS.exit), exits: Number(STAMPS.exits), armed: Number(STAMPS.armed) }; // prettier-ignore
const ORIGIN_STAMP_AT = Number(PER_CPU.originStamp);

/** What the services of one machine share. */
export interface ServiceState {
  readonly settings: CrossingSettings;
  readonly kernel: AddressSpace;
  readonly user: AddressSpace;
  readonly frames: Pages['frames'];
  readonly samples: Sample[];
  /** Exits counted when the latest exit was armed; −1: never armed. */
  exitsAtArming: number;
}

/** Order of the services in `Machine.services`; listings name them. */
export const SERVICES = { done: 0, pageFault: 1, timer: 2, nmi: 3, panic: 4 } as const;

const stampAt = ({ memory }: Machine, at: number): number =>
  memory.view.getUint32(at, true) + 0x1_0000_0000 * memory.view.getUint32(at + 4, true);

/** The frame lies above the return address of the call. */
function frameAt({ space, registers }: Machine): number {
  const place = space.find(registers[2 * RSP + 1] ?? 0, registers[2 * RSP] ?? 0);
  return space.frameAt(place) + ((registers[2 * RSP] ?? 0) & 0xfff) + 8;
}

function panic(machine: Machine, frame: number): void {
  const { memory, cr2High, cr2Low } = machine;
  const code = memory.view.getUint32(frame + FRAME.errorCode, true);
  const mode = privilegeOf(memory.view.getUint16(frame + FRAME.cs, true)) === 3 ? 'user' : 'kernel';
  machine.halted = `panic: #PF at ${hexadecimal(cr2High, cr2Low)}, error code ${code}, from ${mode} mode`;
}

const USER_RANGE = halves(AT.userRange);
const LAZY = halves(AT.lazy);

/** Page of the user's range that the address lies in; −1: none. */
function rangePage({ cr2High, cr2Low }: Machine, pages: number): number {
  const page = cr2High === USER_RANGE.high ? (cr2Low - USER_RANGE.low) >> 12 : -1;
  return page >= 0 && page < pages ? page : -1;
}

function isMarked(machine: Machine, frame: number): boolean {
  const { view } = machine.memory;
  return (
    view.getUint32(frame + FRAME.r12, true) === MAGIC &&
    view.getInt32(frame + FRAME.r13, true) === machine.cr2Low &&
    view.getInt32(frame + FRAME.r13 + 4, true) === machine.cr2High
  );
}

/** Stamps of the hook: in the entry stack's page; user stamps in registers or on the user's stack. */
function hookSample(machine: Machine, state: ServiceState, frame: number): Sample {
  const { view } = machine.memory;
  const slots = state.frames.userStack + userSlotOffset(machine, frame);
  const opening =
    state.settings.handover === 'registers'
      ? view.getUint32(frame + FRAME.rax, true) + 0x1_0000_0000 * view.getUint32(frame + FRAME.rdx, true)
      : stampAt(machine, slots + USER_SLOTS.stamp);
  const stamps = state.frames.entryStack;
  const exits = view.getUint32(stamps + STAMP_AT.exits, true);
  const isValid = state.exitsAtArming >= 0 && view.getUint32(stamps + STAMP_AT.armed, true) === 0;
  const closing = stampAt(machine, frame + FRAME.r15);
  return {
    u2k: stampAt(machine, stamps + STAMP_AT.entry) - opening,
    k2u: isValid ? closing - stampAt(machine, stamps + STAMP_AT.exit) : -1,
    interrupted: state.exitsAtArming >= 0 && exits - state.exitsAtArming > 1,
  };
}

const userSlotOffset = ({ memory }: Machine, frame: number): number =>
  memory.view.getInt32(frame + FRAME.rsp, true) & (PAGE_BYTES - 1);

/** Stamps of the origin: a per-CPU variable, and the user's stack. */
function originSample(machine: Machine, state: ServiceState, frame: number): Sample {
  const slots = state.frames.userStack + userSlotOffset(machine, frame);
  const entry = stampAt(machine, state.frames.perCpu + ORIGIN_STAMP_AT);
  const exit = stampAt(machine, slots + USER_SLOTS.exitStamp);
  return {
    u2k: entry - stampAt(machine, slots + USER_SLOTS.stamp),
    k2u: exit === 0 ? -1 : stampAt(machine, frame + FRAME.r15) - exit,
    interrupted: false,
  };
}

function takeSample(machine: Machine, state: ServiceState, frame: number): void {
  if (isOrigin(state.settings.program)) {
    state.samples.push(originSample(machine, state, frame));
    return;
  }
  state.samples.push(hookSample(machine, state, frame));
  const { view } = machine.memory;
  state.exitsAtArming = view.getUint32(state.frames.entryStack + STAMP_AT.exits, true);
  view.setUint32(state.frames.entryStack + STAMP_AT.armed, 1, true);
}

function pageFault(machine: Machine, state: ServiceState): void {
  const { view } = machine.memory;
  const frame = frameAt(machine);
  const code = view.getUint32(frame + FRAME.errorCode, true);
  const isUser = privilegeOf(view.getUint16(frame + FRAME.cs, true)) === 3;
  const isMissing = (code & PAGE_FAULT.present) === 0;
  const page = rangePage(machine, state.frames.range.length);
  if (isUser && isMissing && page >= 0) {
    if (isMarked(machine, frame)) takeSample(machine, state, frame);
    const bits = PAGE.present | PAGE.writable | PAGE.user | PAGE.noExecute;
    for (const space of [state.kernel, state.user])
      space.map(machine.cr2High, machine.cr2Low, state.frames.range[page] ?? 0, bits);
  } else if (!isUser && isMissing && machine.cr2High === LAZY.high && (machine.cr2Low & -PAGE_BYTES) === LAZY.low) {
    state.kernel.map(LAZY.high, LAZY.low, state.frames.lazy, PAGE.present | PAGE.writable | PAGE.noExecute);
  } else panic(machine, frame);
}

/** The services of one machine, in the order of SERVICES. */
export function servicesOf(state: ServiceState): Service[] {
  return [
    (machine) => {
      machine.halted = 'done';
    },
    (machine) => pageFault(machine, state),
    () => undefined, // the timer has nothing to do
    () => undefined, // nor has the NMI
    (machine) => {
      machine.halted = `panic: ${vectorName(machine.lastVector)}`;
    },
  ];
}
