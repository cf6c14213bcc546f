import type { CrossingSettings, TraceStep } from '../trace/crossing-trace.js';

/** As much of a traced step as its price depends on. */
export type PricedStep = Pick<TraceStep, 'window' | 'actor' | 'kind' | 'costClass' | 'text'>;

const step = (
  window: TraceStep['window'],
  actor: TraceStep['actor'],
  kind: TraceStep['kind'],
  costClass: TraceStep['costClass'],
  text: string,
): PricedStep => ({ window, actor, kind, costClass, text });
const kernel = (costClass: TraceStep['costClass'], text: string): PricedStep =>
  step('k2u', 'kernel', 'instruction', costClass, text);

/** The steps inside both windows, as docs/kernel-interface.md lists them ("Instructions in each window"). */
export function windowSteps({ program, verw }: Pick<CrossingSettings, 'program' | 'verw'>): PricedStep[] {
  const later = program === 'hook-6.12';
  return [
    step('u2k', 'user', 'instruction', 'rdtsc', 'rdtsc'),
    step('u2k', 'user', 'faulting-instruction', 'store', 'movb $1,(%r13)'),
    step('u2k', 'hardware', 'failed-page-walk', 'failed-page-walk', 'page walk finds the page missing'),
    step('u2k', 'hardware', 'exception-delivery', 'exception-delivery', 'page fault is delivered'),
    step('u2k', 'kernel', 'instruction', 'push', 'push %rax'),
    step('u2k', 'kernel', 'instruction', 'push', 'push %rdx'),
    kernel('rdtsc', 'rdtsc'),
    kernel('store', 'mov %eax,-0xff8(%rcx)'),
    kernel('store', 'mov %edx,-0xff4(%rcx)'),
    kernel('pop', 'pop %rcx'),
    kernel('pop', 'pop %rdx'),
    kernel('pop', 'pop %rax'),
    kernel('swapgs', 'swapgs'),
    ...(later
      ? [
          verw ? kernel('verw', 'verw') : kernel('nop', 'nopl'),
          kernel('alu-load', 'testb $4,0x20(%rsp)'),
          kernel('jcc-not-taken', 'jne'),
        ]
      : verw
        ? [kernel('nop', 'xchg %ax,%ax'), kernel('verw', 'verw'), kernel('jmp', 'jmp')]
        : [kernel('jmp', 'jmp'), kernel('jmp', 'jmp')]),
    kernel('iretq', 'iretq'),
    step('k2u', 'user', 'instruction', 'store', 'movb $1,(%r13)'),
  ];
}
