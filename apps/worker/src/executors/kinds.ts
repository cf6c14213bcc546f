import type { ServedExecutorName } from '#contracts';
import type { ExecutorKind } from './kind.js';
import { patchedHostKind } from './patched-host/kind.js';
import { simulatorKind } from './simulator/kind.js';
import { stockHostKind } from './stock-host/kind.js';
import { vmKind } from './vm/kind.js';

/** Every kind that this worker serves; of those that a machine offers by itself, the first is the one that its jobs use. */
export const kinds: Readonly<Record<ServedExecutorName, ExecutorKind>> = {
  simulator: simulatorKind,
  'patched-host': patchedHostKind,
  'stock-host': stockHostKind,
  vm: vmKind,
};
