// Where our lines go into the kernel's files. An anchor is one line that must occur exactly once within its range;
// a range is opened and closed by lines that themselves occur exactly once in the file.
import { kernelSeriesOf } from '../series/kernel-series.mjs';

/**
 * @typedef {object} Anchor
 * @property {string} name         what an error names
 * @property {string} file         path in the kernel tree
 * @property {string} line         the line the insertion is placed by, without leading and trailing blanks
 * @property {'before' | 'after'} place
 * @property {string[]} insert     our lines
 * @property {string} [from]       the range starts at the line that begins so (default: start of file)
 * @property {string} [to]         and ends at the next line after it that begins so (default: end of file)
 */

/** @type {Anchor[]} */
const ANCHORS = [
  {
    name: 'build the hook',
    file: 'arch/x86/Kbuild',
    line: 'obj-y += mm/',
    place: 'after',
    insert: ['obj-$(CONFIG_XPERF) += xperf/'],
  },
  {
    name: 'configure the hook',
    file: 'arch/x86/Kconfig',
    line: 'source "arch/x86/kvm/Kconfig"',
    place: 'before',
    insert: ['source "arch/x86/xperf/Kconfig"', ''],
  },
  {
    name: 'stamps known to the entry code',
    file: 'arch/x86/entry/entry_64.S',
    line: '#include "calling.h"',
    place: 'after',
    insert: ['#include <asm/xperf_stamps.h>'],
  },
  {
    name: 'u2k stamp',
    file: 'arch/x86/entry/entry_64.S',
    from: '.macro idtentry vector',
    to: '.endm',
    line: 'ENDBR',
    place: 'after',
    insert: ['\tXPERF_STAMP_U2K \\vector'],
  },
  {
    name: 'k2u stamp',
    file: 'arch/x86/entry/entry_64.S',
    from: 'SYM_INNER_LABEL(swapgs_restore_regs_and_return_to_usermode',
    to: 'SYM_INNER_LABEL(restore_regs_and_return_to_kernel',
    line: 'swapgs',
    place: 'before',
    insert: ['\tXPERF_STAMP_K2U'],
  },
  {
    name: 'hook known to the fault handler',
    file: 'arch/x86/mm/fault.c',
    line: '#include <asm/irq_stack.h>',
    place: 'after',
    insert: ['#include <asm/xperf.h>'],
  },
  {
    name: 'fault entered',
    file: 'arch/x86/mm/fault.c',
    from: 'DEFINE_IDTENTRY_RAW_ERRORCODE(exc_page_fault)',
    line: 'handle_page_fault(regs, error_code, address);',
    place: 'before',
    insert: ['\txperf_fault_enter(regs, address);'],
  },
  {
    name: 'fault left',
    file: 'arch/x86/mm/fault.c',
    from: 'DEFINE_IDTENTRY_RAW_ERRORCODE(exc_page_fault)',
    line: 'handle_page_fault(regs, error_code, address);',
    place: 'after',
    insert: ['\txperf_fault_leave(regs, address);'],
  },
];

/**
 * The same places on CPUs with FRED, which enter the kernel and leave it by code of their own.
 * @type {Anchor[]}
 */
const FRED_ANCHORS = [
  {
    name: 'stamps known to the FRED entry code',
    file: 'arch/x86/entry/entry_64_fred.S',
    line: '#include "calling.h"',
    place: 'after',
    insert: [
      '#include <asm/asm-offsets.h>',
      '#include <asm/page_types.h>',
      '#include <asm/percpu.h>',
      '#include <asm/xperf_stamps.h>',
    ],
  },
  {
    name: 'u2k stamp, FRED',
    file: 'arch/x86/entry/entry_64_fred.S',
    from: 'SYM_CODE_START_NOALIGN(asm_fred_entrypoint_user)',
    to: 'SYM_CODE_END(asm_fred_entrypoint_user)',
    line: 'FRED_ENTER',
    place: 'before',
    insert: ['\tXPERF_STAMP_U2K_FRED'],
  },
  {
    name: 'k2u stamp, FRED',
    file: 'arch/x86/entry/entry_64_fred.S',
    from: 'SYM_CODE_START_NOALIGN(asm_fred_entrypoint_user)',
    to: 'SYM_CODE_END(asm_fred_entrypoint_user)',
    line: 'FRED_EXIT',
    place: 'after',
    insert: ['\tXPERF_STAMP_K2U'],
  },
];

/**
 * @param {string} series
 * @returns {Anchor[]} the anchors of one kernel series
 */
export function anchorsOf(series) {
  return kernelSeriesOf(series).fred ? [...ANCHORS, ...FRED_ANCHORS] : ANCHORS;
}
