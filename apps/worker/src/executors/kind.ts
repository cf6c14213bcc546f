import type { BootState } from '#contracts';
import type { z } from 'zod';
import type { ServedHost } from '../env/served-host.js';
import type { Executor } from './executor.js';
import type { CompileCache } from './xperf/compile-cache.js';
import type { RealMachine } from './xperf/real-machine.js';

/** What the kinds share in one worker. Made on first use: simulated fleets run where nothing can be measured. */
export interface WorkerPlace {
  cacheDir: string;
  /** Where `npm run kernel:build` leaves its images. */
  kernelDir: string;
  xperf: CompileCache;
  /** @throws HostUnreadableError on anything but x86 Linux. */
  machine: () => Promise<RealMachine>;
  log: { warn(facts: object, message: string): void };
  stopping: AbortSignal;
}

/** How one host is served by one executor. All executors of a host give the same boot state. */
export interface ServedBy {
  bootState: BootState;
  executor: Executor;
}

/** One kind of executor: what only this worker must know of it. All else stands in the contracts' table of executors. */
export interface ExecutorKind {
  /** The fields that an entry of WORKER_HOSTS has for it. */
  readonly settings: z.ZodObject;
  /** Whether a machine that joins serves it without being told to (join/join.ts); absent: never. */
  readonly offered?: () => boolean;
  /** Called once, before the first host that asks for it. */
  open(place: WorkerPlace): Promise<(host: ServedHost) => Promise<ServedBy>>;
}
