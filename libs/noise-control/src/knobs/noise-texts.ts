/** The text of a file, or why there is none (`ENOENT`, `EACCES`). */
export type Readable = { text: string } | { error: string };

/** Everything that the knobs look at. Plain data, so that they can be tried on any machine's. */
export interface NoiseTexts {
  /** The CPU that runs are pinned to; null when they are not pinned or it is not known. */
  cpu: number | null;
  /** Of /sys/devices/system/cpu: `online`, `isolated`, `nohz_full`. */
  online: Readable;
  isolated: Readable;
  nohzFull: Readable;
  /** Of that CPU: cpufreq/scaling_governor, cpufreq/boost, topology/thread_siblings_list. */
  governor: Readable;
  policyBoost: Readable;
  siblings: Readable;
  /** /sys/devices/system/cpu/intel_pstate/no_turbo and cpufreq/boost. */
  noTurbo: Readable;
  boost: Readable;
  /** /sys/kernel/mm/transparent_hugepage/enabled */
  hugePages: Readable;
  /** Each numbered folder of /proc/irq: smp_affinity_list and effective_affinity_list. */
  irqs: { irq: number; allowed: Readable; effective: Readable }[];
  /** /proc/irq/default_smp_affinity */
  defaultAffinity: Readable;
  /** /proc/sys/kernel/printk, nmi_watchdog */
  printk: Readable;
  nmiWatchdog: Readable;
  /** /proc/cmdline, and /boot/config-<release> */
  commandLine: Readable;
  kernelConfig: Readable;
}

export const textOf = (readable: Readable): string | null => ('text' in readable ? readable.text : null);

/** Why a text says nothing: it can't be read, or reads as something that is not known. */
export function strange(readable: Readable): string {
  return 'error' in readable
    ? `can't be read (${readable.error})`
    : `reads ${JSON.stringify(readable.text.trim().slice(0, 60))}`;
}
