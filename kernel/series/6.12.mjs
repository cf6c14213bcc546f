// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
// Linux 6.12, a longterm series (Debian 13; Debian 12 has its sources as an update).
import { mitigationOptions } from './mitigation-options.mjs';

export const linux6_12 = /** @type {const} */ ({
  name: '6.12',
  suite: null,
  fred: true,
  options: { ...mitigationOptions, BASE_SMALL: 'n', X86_FRED: 'y' },
  alternatives: { bytes: 14, lengthAt: 12 },
  leavesByEntryStack: 'with-kpti',
  stackTop: { symbol: 'pcpu_hot', offset: 16 },
  instructions: { u2k: 3, k2u: 12, k2uWithVerw: 12 },
});
