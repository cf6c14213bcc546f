import * as z from 'zod';
import type { ExecutorKind } from '../kind.js';
import { createStockHost } from './stock-host.js';

export const stockHostKind: ExecutorKind = {
  settings: z.object({}),
  offered: () => true,
  open: async ({ machine, xperf }) => {
    const { bootState, provenance, cpus } = await machine();
    const architecture = process.arch;
    const executor = createStockHost({ bootState, provenance, programs: xperf, cpu: cpus.measuring, architecture });
    return () => Promise.resolve({ bootState, executor });
  },
};
