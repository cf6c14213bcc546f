// What the user program does around a fault. Ours are as built; the origin's is written here.
import { USER_LOOP, USER_LOOP_ON_STACK } from './listings/built.js';
import type { CrossingSettings } from '../trace/crossing-trace.js';

/** From user mode, or from anywhere: the run is over. */
const END = '  service $service_done\n';

/** Both loops of ours under the same labels. */
const ON_STACK = USER_LOOP_ON_STACK.replaceAll('xperf_slots_', 'xperf_marked_');

/** The origin's: MAGIC and stamp in stack slots, a full fence in front. */
const ORIGIN_LOOP = `
.L1:
  movl $magic,(%rsp)
  mfence
xperf_marked_stamp:
  rdtsc
  mov %eax,0x8(%rsp)
  mov %edx,0xc(%rsp)
xperf_marked_fault:
  movb $0x1,0x0(%r13)
xperf_marked_closing:
  rdtsc
  shl $0x20,%rdx
  or %rax,%rdx
  mov %rdx,%r15
  inc %r14
  add $0x1000,%r13
  dec %rcx
  jne .L1
`;

/** The listing of the user program; r13 is the first page, rcx the number of pages. */
export function userProgram({ program, handover }: CrossingSettings): string {
  if (program === 'origin' || program === 'origin-guest') return ORIGIN_LOOP + END;
  return (handover === 'registers' ? USER_LOOP : ON_STACK) + END;
}
