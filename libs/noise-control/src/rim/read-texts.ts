import type { NoiseTexts, Readable } from '../knobs/noise-texts.js';
import type { KnobFiles } from './knob-files.js';

const cpus = 'sys/devices/system/cpu';

function configOf(files: KnobFiles): Readable {
  const release = files.read('proc/sys/kernel/osrelease');
  if ('error' in release) return release;
  const name = release.text.trim();
  return /^[\w.+~-]{1,100}$/.test(name) ? files.read(`boot/config-${name}`) : { error: 'no release' };
}

/** Reads what the knobs look at, for runs pinned to `cpu`. Changes nothing; what can't be read says why. */
export function readNoiseTexts(files: KnobFiles, cpu: number | null): NoiseTexts {
  const ofCpu = (file: string): Readable =>
    cpu === null ? { error: 'not pinned' } : files.read(`${cpus}/cpu${cpu}/${file}`);
  const irqs = files
    .list('proc/irq')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
  return {
    cpu,
    online: files.read(`${cpus}/online`),
    isolated: files.read(`${cpus}/isolated`),
    nohzFull: files.read(`${cpus}/nohz_full`),
    governor: ofCpu('cpufreq/scaling_governor'),
    policyBoost: ofCpu('cpufreq/boost'),
    siblings: ofCpu('topology/thread_siblings_list'),
    noTurbo: files.read(`${cpus}/intel_pstate/no_turbo`),
    boost: files.read(`${cpus}/cpufreq/boost`),
    hugePages: files.read('sys/kernel/mm/transparent_hugepage/enabled'),
    irqs: irqs.map((irq) => ({
      irq,
      allowed: files.read(`proc/irq/${irq}/smp_affinity_list`),
      effective: files.read(`proc/irq/${irq}/effective_affinity_list`),
    })),
    defaultAffinity: files.read('proc/irq/default_smp_affinity'),
    printk: files.read('proc/sys/kernel/printk'),
    nmiWatchdog: files.read('proc/sys/kernel/nmi_watchdog'),
    commandLine: files.read('proc/cmdline'),
    kernelConfig: configOf(files),
  };
}
