// The stamps' code of each mechanism: entry and exit, as listings.
import type { CrossingSettings } from '../vocabulary/crossing-trace.js';
import { kernelOf } from './kernels.js';
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
  const { stamps } = kernelOf(program);
  if ('originAt' in stamps) return { entry: originEntry(stamps.originAt), exit: ORIGIN_EXIT };
  const { entry, exit, exitWithVerw } = HOOK_LISTINGS[stamps.hook];
  return { entry, exit: apartFromIret(verw ? exitWithVerw : exit) };
}
