import { probeNames, probeOf, type Probe } from './catalogue.js';
import type { Provenance } from './provenance.js';

/** What runs on a machine is measured or emulated, or it is not known which; never simulated. */
const onMachines = ['measured', 'emulated', 'unknown'] as const;

interface ExecutorRow {
  /**
   * What a host that it serves is. A `real` one is the machine of its worker. The CPU of a `virtual` one is a setting,
   * and a `simulated` one is none; neither can turn into another kind under its name. `none`: no worker runs it.
   */
  host: 'real' | 'virtual' | 'simulated' | 'none';
  /** The kernel under its runs: the host's own, one with the hook, or none. */
  kernel: 'stock' | 'patched' | 'none';
  /** What its figures can be. The database holds to the same rule (provenance_fits, and the trigger on starts). */
  provenances: readonly Provenance[];
  /** Whether it boots a guest for each run, so that a job's matrix can say which. */
  bootsGuests: boolean;
  /** Whether samples come through the log of the machine that it runs on, so that other writers can disturb them. */
  readsHostLog: boolean;
  /** What must be there besides a store: checks of `xf doctor`. */
  needs: readonly ('cpu' | 'compiler' | 'patched-kernel' | 'kernel-log' | 'qemu')[];
  /** Where it measures, for people, and how to come by it. */
  where: string;
  see: string | null;
}

/** The ways to execute a run. How each is made stands in apps/worker/src/executors/<kind>/kind.ts. */
export const executors = {
  simulator: {
    host: 'simulated',
    kernel: 'none',
    provenances: ['simulated'],
    bootsGuests: false,
    readsHostLog: false,
    needs: [],
    where: 'simulated machines',
    see: null,
  },
  'stock-host': {
    host: 'real',
    kernel: 'stock',
    provenances: onMachines,
    bootsGuests: false,
    readsHostLog: false,
    needs: ['cpu', 'compiler'],
    where: 'this machine',
    see: null,
  },
  vm: {
    host: 'virtual',
    kernel: 'patched',
    provenances: onMachines,
    bootsGuests: true,
    readsHostLog: false,
    needs: ['qemu'],
    where: 'a patched guest under QEMU',
    see: 'once: npm run kernel:build',
  },
  'patched-host': {
    host: 'real',
    kernel: 'patched',
    provenances: onMachines,
    bootsGuests: false,
    readsHostLog: true,
    needs: ['cpu', 'compiler', 'patched-kernel', 'kernel-log'],
    where: 'this machine with a patched kernel',
    see: 'docs/patched-host.md',
  },
  import: {
    host: 'none',
    kernel: 'none',
    provenances: ['imported'],
    bootsGuests: false,
    readsHostLog: false,
    needs: [],
    where: 'a kernel log taken elsewhere',
    see: 'docs/import.md',
  },
} as const satisfies Record<string, ExecutorRow>;
export type ExecutorName = keyof typeof executors;

export const executorNames = Object.keys(executors) as [ExecutorName, ...ExecutorName[]];
/** Those that a job with a matrix of guests can use. */
export const guestExecutors = executorNames.filter((name) => executors[name].bootsGuests);

export function executorOf(executor: ExecutorName): Readonly<ExecutorRow> {
  return executors[executor];
}

/**
 * Executors that compute their samples: those of one machine and seed are the same, so that a run with both is a copy of
 * another, no replicate, and the time at which it ran says nothing.
 */
export const simulators: readonly string[] = executorNames.filter((name) => executors[name].host === 'simulated');

/** Those that a worker can serve and a job can ask for. */
export type ServedExecutorName = {
  [name in ExecutorName]: (typeof executors)[name]['host'] extends 'none' ? never : name;
}[ExecutorName];
export const servedExecutors = executorNames.filter(
  (name): name is ServedExecutorName => executors[name].host !== 'none',
);

/** The probes that an executor can run. */
export function probesOf(executor: ExecutorName): Probe[] {
  const { host, kernel } = executorOf(executor);
  return probeNames.filter((probe) => {
    const needs = probeOf(probe);
    if (host === 'none') return true;
    return host === 'simulated' ? needs.simulated : needs.kernel === 'any' || kernel === 'patched';
  });
}

export function provenancesOf(executor: ExecutorName): readonly Provenance[] {
  return executors[executor].provenances;
}

export function provenanceFits(executor: ExecutorName, provenance: Provenance): boolean {
  return provenancesOf(executor).includes(provenance);
}

/** What figures of an executor are of which nothing more is known. */
export function provenanceUnseen(executor: ExecutorName): Provenance {
  const [only, ...others] = provenancesOf(executor);
  return only !== undefined && others.length === 0 ? only : 'unknown';
}
