// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
// Linux 6.1, a longterm series (Debian 12).

export const linux6_1 = /** @type {const} */ ({
  name: '6.1',
  suite: null,
  fred: false,
  options: {
    // Most mitigations that a boot can switch off have no option of their own here: they are always built in.
    PAGE_TABLE_ISOLATION: 'y',
    RETPOLINE: 'y',
    RETHUNK: 'y',
    CPU_UNRET_ENTRY: 'y',
    CPU_IBPB_ENTRY: 'y',
    CPU_IBRS_ENTRY: 'y',
    CPU_SRSO: 'y',
    MITIGATION_RFDS: 'y',
    MITIGATION_SPECTRE_BHI: 'y',
    MITIGATION_ITS: 'y',
    MITIGATION_TSA: 'y',
    BASE_FULL: 'y',
  },
  alternatives: { bytes: 12, lengthAt: 10 },
  leavesByEntryStack: 'always',
  stackTop: { symbol: 'cpu_current_top_of_stack', offset: 0 },
  instructions: { u2k: 3, k2u: 11, k2uWithVerw: 12 },
});
