import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { machineAt, type Machine } from '../rim/noise-control.js';

const cpu = 'sys/devices/system/cpu';

/** /proc and /sys of a laptop with two cores of two threads; runs go to CPU 3, whose sibling is CPU 1. */
export const laptopFiles: Readonly<Record<string, string>> = {
  [`${cpu}/online`]: '0-3\n',
  [`${cpu}/isolated`]: '\n',
  [`${cpu}/cpu1/online`]: '1\n',
  [`${cpu}/cpu3/cpufreq/scaling_governor`]: 'powersave\n',
  [`${cpu}/cpu3/topology/thread_siblings_list`]: '1,3\n',
  [`${cpu}/intel_pstate/no_turbo`]: '0\n',
  'sys/kernel/mm/transparent_hugepage/enabled': '[always] madvise never\n',
  'proc/irq/9/smp_affinity_list': '0-3\n',
  'proc/irq/9/effective_affinity_list': '3\n',
  'proc/irq/default_smp_affinity': 'f\n',
  'proc/sys/kernel/printk': '7\t4\t1\t7\n',
  'proc/sys/kernel/nmi_watchdog': '1\n',
  'proc/sys/kernel/random/boot_id': '0b5e3a3e-58b4-4d8c-9c3e-1d2a6f4c9a10\n',
  'proc/cmdline': 'ro quiet\n',
};

/** A folder that looks like that machine. */
export function fakeRoot(files = laptopFiles): string {
  const root = mkdtempSync(join(tmpdir(), 'xf-noise-'));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return root;
}

/** Text of each file now; null for one that is gone. */
export function textsIn(root: string, files = Object.keys(laptopFiles)): Record<string, string | null> {
  return Object.fromEntries(
    files.map((file) => [file, existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : null]),
  );
}

/** The machine below `root`, whose files answer a write as the kernel's do: the whole text of the choice or numbers. */
export function fakeMachine(root: string): Machine {
  const machine = machineAt(root);
  const { files } = machine;
  const write = (file: string, text: string): void => {
    const choice = file.endsWith('transparent_hugepage/enabled');
    const now = files.read(file);
    const rest = file.endsWith('printk') && 'text' in now ? now.text.trim().split(/\s+/).slice(1) : [];
    const whole = choice
      ? ['always', 'madvise', 'never'].map((one) => (one === text ? `[${one}]` : one)).join(' ')
      : [text, ...rest].join('\t');
    files.write(file, `${whole}\n`);
  };
  return { ...machine, files: { ...files, write } };
}
