// Physical memory and both page tables of a crossing machine: what is mapped where, and for whom.
import { halves } from '../machine/address.js';
import { AddressSpace, PAGE, PAGE_BYTES, PhysicalMemory } from '../machine/memory.js';
import { AT, PER_CPU, TASK_STACK_PAGES } from './memory-map.js';

/** Frames of everything but the touched pages. */
const OTHER_FRAMES = 24;
const { present, writable, user, noExecute } = PAGE;
const DATA = present | writable | noExecute;

export interface Pages {
  readonly memory: PhysicalMemory;
  readonly kernel: AddressSpace;
  /** The same as `kernel` without KPTI. */
  readonly user: AddressSpace;
  /** Physical addresses of pages that others need to find again. */
  readonly frames: {
    readonly userStack: number;
    readonly entryStack: number;
    readonly perCpu: number;
    readonly tss: number;
    readonly entryText: number;
    /** Back the user's range, page after page; mapped by the page-fault handler. */
    readonly range: readonly number[];
    readonly lazy: number;
  };
  /** Pages that hold code, by their addresses. */
  readonly code: ReadonlyMap<bigint, number>;
}

export function mapPages(kpti: boolean, rangePages: number): Pages {
  const memory = new PhysicalMemory(OTHER_FRAMES + rangePages);
  const kernel = new AddressSpace('kernel');
  const users = kpti ? new AddressSpace('user') : kernel;
  const mapFrame = (space: AddressSpace, address: bigint, frame: number, bits: number): void => {
    const { high, low } = halves(address);
    space.map(high, low, frame, bits);
  };
  const forKernel = (address: bigint, bits: number): number => {
    const frame = memory.allocate();
    mapFrame(kernel, address, frame, bits);
    return frame;
  };
  const forBoth = (address: bigint, bits: number): number => {
    const frame = forKernel(address, bits);
    mapFrame(users, address, frame, bits);
    return frame;
  };

  const userCode = forBoth(AT.userCode, present | user);
  // KPTI: the kernel's page tables hold user memory without the right to execute it.
  if (kpti) mapFrame(kernel, AT.userCode, userCode, present | user | noExecute);
  const userStack = forBoth(AT.userStack, DATA | user);
  forBoth(AT.idt, present | noExecute);
  forBoth(AT.gdt, present | noExecute);
  const entryStack = forBoth(AT.entryStack, DATA);
  forBoth(AT.doubleFaultStack, DATA);
  forBoth(AT.nmiStack, DATA);
  for (let page = 0; page < TASK_STACK_PAGES; page += 1) forKernel(AT.taskStack + BigInt(page * PAGE_BYTES), DATA);
  const perCpu = forKernel(AT.perCpu, DATA);
  // The TSS twice: writable in the per-CPU area, read-only where the CPU looks for it.
  const tss = forBoth(AT.perCpu + PER_CPU.cpu_tss_rw, DATA);
  for (const space of [kernel, users]) mapFrame(space, AT.tss, tss, present | noExecute);
  const entryText = forBoth(AT.entryText, present);
  const exceptionText = forBoth(AT.exceptionText, present);
  const kernelText = forKernel(AT.kernelText, present);
  const range = Array.from({ length: rangePages }, () => memory.allocate());
  return {
    memory,
    kernel,
    user: users,
    frames: { userStack, entryStack, perCpu, tss, entryText, range, lazy: memory.allocate() },
    code: new Map([
      [AT.userCode, userCode],
      [AT.entryText, entryText],
      [AT.exceptionText, exceptionText],
      [AT.kernelText, kernelText],
    ]),
  };
}
