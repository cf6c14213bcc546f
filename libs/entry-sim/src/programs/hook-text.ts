// The stamps' code of each mechanism: entry and exit, as listings.
import type { CrossingSettings } from '../trace/crossing-trace.js';
import { HOOK_LISTINGS } from './listings/built.js';
import { ORIGIN_EXIT, originEntry } from './origin.js';

export interface HookText {
  /** Begins with the label `asm_exc_page_fault`; behind it the kernel's way in goes on. */
  readonly entry: string;
  /** Begins with the label `xperf_exit_stamp`, ends with IRETQ. */
  readonly exit: string;
}

/** With IBT each entry begins with ENDBR64; the kernels that we build have none. */
const withEndbranch = (entry: string): string => entry.replace(/^(\s*\w+:\n)/, '$1  endbr64\n');

/** In the kernel other code lies before the IRETQ that is jumped to; none of it is reached. */
const apartFromIret = (exit: string): string => exit.replace(/^native_irq_return_iret:/m, '  ud2\n$&');

export function hookText({ program, ibt, verw }: CrossingSettings): HookText {
  const text = textOf(program, verw);
  return ibt ? { ...text, entry: withEndbranch(text.entry) } : text;
}

function textOf(program: CrossingSettings['program'], verw: boolean): HookText {
  switch (program) {
    case 'hook-6.1':
    case 'hook-6.12': {
      const { entry, exit, exitWithVerw } = HOOK_LISTINGS[program === 'hook-6.1' ? '6.1' : '6.12'];
      return { entry, exit: apartFromIret(verw ? exitWithVerw : exit) };
    }
    case 'origin':
      return { entry: originEntry('page_fault'), exit: ORIGIN_EXIT };
    case 'origin-guest':
      return { entry: originEntry('async_page_fault'), exit: ORIGIN_EXIT };
  }
}
