import { existsSync } from 'node:fs';
import * as z from 'zod';
import type { ExecutorKind } from '../kind.js';
import { CompileCache } from '../xperf/compile-cache.js';
import { programFolder } from '../xperf/sources.js';
import { createPatchedHost } from './patched-host.js';

const settings = z.object({
  /** Samples a line of the kernel log; 1 prints a line a fault, as the origin did. */
  batch: z.int().min(1).max(64).default(64),
});

export const patchedHostKind: ExecutorKind = {
  settings,
  offered: () => existsSync('/proc/xperf'),
  open: async ({ machine, xperf, cacheDir, stopping }) => {
    const { bootState, provenance, cpus } = await machine();
    const follow = new CompileCache(cacheDir, programFolder('follow'), stopping, 'follow');
    return (host) => {
      const { batch } = settings.parse(host);
      const common = { bootState, provenance, xperf, follow, cpus, batch, architecture: process.arch };
      return Promise.resolve({ bootState, executor: createPatchedHost(common) });
    };
  },
};
