// What the user program does around a fault. Ours are as built; the origin's differs from ours on the stack in
// its fence and its MAGIC.
import { USER_LOOP, USER_LOOP_ON_STACK } from './listings/built.js';
import type { CrossingSettings } from '../vocabulary/crossing-trace.js';
import { isOrigin } from './origin.js';

/** From user mode, or from anywhere: the run is over. */
const END = '  service $service_done\n';

/** Both loops of ours under the same labels. */
const ON_STACK = USER_LOOP_ON_STACK.replaceAll('xperf_slots_', 'xperf_marked_');

/** The origin's: MAGIC on the stack too, and a full fence in front. */
const OF_ORIGIN = ON_STACK.replace('  lfence\n', '  movl $magic,(%rsp)\n  mfence\n');

/** The listing of the user program; r13 is the first page, rcx the number of pages. */
export function userProgram({ program, handover }: CrossingSettings): string {
  if (isOrigin(program)) return OF_ORIGIN + END;
  return (handover === 'registers' ? USER_LOOP : ON_STACK) + END;
}
