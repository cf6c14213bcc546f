// The cases of the self-test by name, and the kernels that each boots.
import { exact } from './cases/exact.mjs';
import { crowd, registers } from './cases/faithful.mjs';
import { negativeControl } from './cases/negative-control.mjs';
import { owner, stock, switchedOff } from './cases/refusals.mjs';
import { rings } from './cases/rings.mjs';

/** @typedef {import('./cases/guest-run.mjs').Setting} Setting */

/** @type {Record<string, { run: (setting: Setting) => Promise<{ complaints: string[] }>, full?: boolean, variants: string[] }>} `full`: only with --full */
export const CASES = {
  exact: { run: (setting) => exact(setting), variants: ['hook'] },
  exactOnIntel: { run: (setting) => exact(setting, { cpuModel: 'Skylake-Server-v1' }), variants: ['hook'] },
  exactOnStack: { run: (setting) => exact(setting, { program: 'slots' }), variants: ['hook'] },
  registers: { run: registers, variants: ['hook'] },
  crowd: { run: crowd, variants: ['hook'] },
  switchedOff: { run: switchedOff, variants: ['hook'] },
  owner: { run: owner, variants: ['hook'] },
  stock: { run: stock, variants: ['stock'] },
  negativeControl: { run: negativeControl, variants: ['negative'] },
  rings: { run: rings, full: true, variants: ['hook'] },
};
