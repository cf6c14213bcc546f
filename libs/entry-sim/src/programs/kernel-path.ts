// The kernel's way in and out around the stamps, outside both windows. Written here, after what the entry code of Linux
// does, so that the whole crossing runs: registers saved, GS and page tables switched, the task's stack, and back.
import type { CrossingSettings } from '../vocabulary/crossing-trace.js';
import { kernelOf } from './kernels.js';

const SAVED = ['rdi', 'rsi', 'rdx', 'rcx', 'rax', 'r8', 'r9', 'r10', 'r11', 'rbx', 'rbp', 'r12', 'r13', 'r14', 'r15'];
const FRAME_WORDS = SAVED.length + 6;

const lines = (texts: readonly string[]): string => texts.map((text) => `  ${text}\n`).join('');
const save = lines(SAVED.map((name) => `push %${name}`));
const restore = (names: readonly string[]): string => lines([...names].reverse().map((name) => `pop %${name}`));
const hexadecimal = (value: number): string => `0x${value.toString(16)}`;

/** To the kernel's page tables; clobbers the register. */
const toKernelTables = (register: string): string =>
  lines([`mov %cr3,%${register}`, `and $-0x1001,%${register}`, `mov %${register},%cr3`]);

const copyFrame = lines(
  Array.from({ length: FRAME_WORDS }, (_, word) => `push ${hexadecimal(8 * (FRAME_WORDS - 1 - word))}(%rsi)`),
);

/** Door to user memory shut, direction flag as C expects it; on the stack: the error code. */
export function openBody({ smap }: CrossingSettings): string {
  return lines([smap ? 'clac' : 'nop', 'cld']);
}

/**
 * Saves registers, switches GS, page tables and stack when coming from user mode, calls the work, and leaves.
 * @param work symbol of the kernel function; called with the frame at RSP
 */
export function body({ kpti, program }: CrossingSettings, work: string): string {
  const { symbol, offset } = kernelOf(program).stackTop;
  return `${save}  testb $0x3,0x88(%rsp)
  je .Lkernel_${work}
  swapgs
${kpti ? toKernelTables('rax') : ''}  mov %rsp,%rsi
  mov %gs:${symbol}${offset === 0 ? '' : `+${offset}`},%rsp
${copyFrame}.Lkernel_${work}:
  call ${work}
  jmp return_from_exception
`;
}

/** IRETQ to the kernel, or on to the exit stamp. */
export function wayOut(settings: CrossingSettings): string {
  const usesEntryStack = settings.kpti || kernelOf(settings.program).leavesByEntryStack === 'always';
  const [, ...butRdi] = SAVED;
  const viaEntryStack = `${restore(butRdi)}  mov %rsp,%rdi
  mov %gs:cpu_tss_rw+4,%rsp
  push 0x30(%rdi)
  push 0x28(%rdi)
  push 0x20(%rdi)
  push 0x18(%rdi)
  push 0x10(%rdi)
  push (%rdi)
${settings.kpti ? lines(['push %rax', 'mov %cr3,%rax', 'or $0x1000,%rax', 'mov %rax,%cr3', 'pop %rax']) : ''}  pop %rdi
`;
  return `return_from_exception:
  testb $0x3,0x88(%rsp)
  je .Lto_kernel
${usesEntryStack ? viaEntryStack : `${restore(SAVED)}  add $0x8,%rsp\n`}  jmp xperf_exit_stamp
.Lto_kernel:
${restore(SAVED)}  add $0x8,%rsp
  iretq
`;
}

/** A device's interrupt: no error code, else the same way. */
export function interruptEntry(settings: CrossingSettings): string {
  return `asm_timer:
${settings.ibt ? '  endbr64\n' : ''}${openBody(settings)}  push $-1
${body(settings, 'timer')}`;
}

/**
 * An NMI comes anywhere, also between IRETQ's neighbours: which GS and which page tables are in force is asked of the CPU
 * itself, not of the saved CS; all is put back as it was, CR2 too, which a page fault in the handler would overwrite.
 */
export function nmiEntry({ kpti, ibt, smap }: CrossingSettings): string {
  return `asm_nmi:
${ibt ? '  endbr64\n' : ''}${smap ? '  clac\n' : ''}  cld
  push $-1
${save}  xor %ebx,%ebx
  mov $0xc0000101,%ecx
  rdmsr
  test %edx,%edx
  js .Lkernel_gs
  swapgs
  inc %ebx
.Lkernel_gs:
${kpti ? `  mov %cr3,%r14\n${toKernelTables('rax')}` : ''}  mov %cr2,%r12
  call nmi
  mov %r12,%cr2
${kpti ? '  mov %r14,%cr3\n' : ''}  test %ebx,%ebx
  je .Lback
  swapgs
.Lback:
${restore(SAVED)}  add $0x8,%rsp
  iretq
`;
}
