// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
// Linux 7.3, from the backports for Debian 13. FRED is on by default here (since 7.1).
import { mitigationOptions } from './mitigation-options.mjs';

export const linux7_3 = /** @type {const} */ ({
  name: '7.3',
  suite: 'trixie-backports',
  fred: true,
  options: { ...mitigationOptions, BASE_SMALL: 'n', X86_FRED: 'y', PROC_SYSCTL: 'n', SYSCTL: 'y' },
  alternatives: { bytes: 14, lengthAt: 12 },
  leavesByEntryStack: 'with-kpti',
  stackTop: { symbol: 'cpu_current_top_of_stack', offset: 0 },
  instructions: { u2k: 3, k2u: 12, k2uWithVerw: 12 },
});
