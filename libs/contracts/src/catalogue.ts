/**
 * What can be measured, declared once. Schemas, codes of packed samples, export columns, line forms, labels of CLI and
 * console, and the boards follow from these tables. No imports: the coordinator also serves this file to the console.
 */

interface MetricRow {
  /** For people. */
  label: string;
  /** Of every value, on disk and in the API; nanoseconds are computed from the TSC's rate. */
  unit: 'TSC cycles';
  /** Bit in packed samples (libs/samples), 0 to 7. Never changes, never used again. */
  code: number;
  /** Whether a sample may have no value: -1 in lines and packed samples, null or empty in exports. */
  mayBeMissing: boolean;
}

/** What one column of samples counts. */
export const metrics = {
  u2k: { label: 'user → kernel (u2k)', unit: 'TSC cycles', code: 0, mayBeMissing: false },
  /** Missing where the kernel took no valid stamp on the way out. */
  k2u: { label: 'kernel → user (k2u)', unit: 'TSC cycles', code: 1, mayBeMissing: true },
  pf_rt: { label: 'page-fault round trip', unit: 'TSC cycles', code: 2, mayBeMissing: false },
  syscall_rt: { label: 'empty system call', unit: 'TSC cycles', code: 3, mayBeMissing: false },
  cpuid_rt: { label: 'CPUID', unit: 'TSC cycles', code: 4, mayBeMissing: false },
} as const satisfies Record<string, MetricRow>;
export type Metric = keyof typeof metrics;

interface ProbeRow {
  /** For people. */
  label: string;
  /** The columns of its samples, in order. */
  metrics: readonly Metric[];
  /** How a line of many samples holds them: `pairs` as `d=u2k/k2u,…`, `values` as `<metric>=…,…` (docs/kernel-interface.md). */
  lines: 'pairs' | 'values';
  /** Who prints its lines: the hook into the kernel log, or xperf itself on its standard output. */
  printer: 'kernel' | 'xperf';
  /** The kernel that it needs: one with the hook, or any. */
  kernel: 'patched' | 'any';
  /** Whether the simulator has a model of it. */
  simulated: boolean;
  /**
   * What a job that names no probe does with it where a host serves it: measures it `alone`, or `together` with others
   * where nothing is measured alone, or `never`.
   */
  byDefault: 'alone' | 'together' | 'never';
}

/** What a run measures. Figures of two probes are never pooled, whatever their metrics are called. */
export const probes = {
  /** A marked page fault, both directions apart. */
  pf: {
    label: 'page fault',
    metrics: ['u2k', 'k2u'],
    lines: 'pairs',
    printer: 'kernel',
    kernel: 'patched',
    simulated: true,
    byDefault: 'alone',
  },
  /** Round trip of a minor page fault, seen from user space. */
  pf_rt: {
    label: 'page-fault round trip',
    metrics: ['pf_rt'],
    lines: 'values',
    printer: 'xperf',
    kernel: 'any',
    simulated: false,
    byDefault: 'together',
  },
  /** Round trip of an empty system call. */
  syscall_rt: {
    label: 'empty system call',
    metrics: ['syscall_rt'],
    lines: 'values',
    printer: 'xperf',
    kernel: 'any',
    simulated: false,
    byDefault: 'together',
  },
  /**
   * CPUID leaf 0, which every hypervisor must intercept: about 100 cycles on bare metal (InstLatx64: 99 on Haswell-EP and
   * Skylake-X, 123 on Meteor Lake P), a VM exit and back in a guest.
   */
  cpuid_rt: {
    label: 'CPUID',
    metrics: ['cpuid_rt'],
    lines: 'values',
    printer: 'xperf',
    kernel: 'any',
    simulated: false,
    byDefault: 'never',
  },
} as const satisfies Record<string, ProbeRow>;
export type Probe = keyof typeof probes;

/** Names in the order of the table. */
export const probeNames = Object.keys(probes) as [Probe, ...Probe[]];
export const metricNames = Object.keys(metrics) as [Metric, ...Metric[]];

export function probeOf(probe: Probe): Readonly<ProbeRow> {
  return probes[probe];
}

export function metricOf(metric: Metric): Readonly<MetricRow> {
  return metrics[metric];
}

/** The metrics that a probe yields, in column order. */
export function metricsOfProbe(probe: Probe): readonly Metric[] {
  return probes[probe].metrics;
}

/** The probes that yield a metric. */
export function probesWith(metric: Metric): Probe[] {
  return probeNames.filter((probe) => metricsOfProbe(probe).includes(metric));
}

/** What can be compared or drawn by itself: each probe with each of its metrics. */
export function everyMeasure(): { probe: Probe; metric: Metric }[] {
  return probeNames.flatMap((probe) => metricsOfProbe(probe).map((metric) => ({ probe, metric })));
}

/** A probe's metric for people; the probe is named where the metric alone could be another's. */
export function measureLabel(probe: Probe, metric: Metric): string {
  const { label } = metrics[metric];
  return probesWith(metric).length > 1 ? `${probes[probe].label}, ${label}` : label;
}

/** The same in the words of the command line: `pf u2k`, `pf_rt`. */
export function measureName(probe: Probe, metric: Metric): string {
  return (probe as string) === metric ? probe : `${probe} ${metric}`;
}

/** What a job that names no probe measures on a host that serves these. */
export function defaultProbes(served: readonly Probe[]): Probe[] {
  const alone = served.filter((probe) => probes[probe].byDefault === 'alone');
  return alone.length > 0 ? alone : served.filter((probe) => probes[probe].byDefault === 'together');
}
