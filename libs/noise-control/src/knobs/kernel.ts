import { canonical } from './canonical.js';
import { apply, noisy, quiet, unknown, type Knob } from './knob.js';
import { strange, textOf, type NoiseTexts } from './noise-texts.js';

/**
 * khugepaged scans and copies memory of whoever did not ask for it; with `madvise` only of those who did, and xperf
 * does not. Documentation/admin-guide/mm/transhuge.rst.
 */
export const hugePages: Knob = {
  name: 'huge-pages',
  wanted: 'madvise or never',
  bearsOn: 'crossings',
  judge({ hugePages: readable }) {
    const choice = canonical('choice', textOf(readable) ?? '');
    if (choice === 'madvise' || choice === 'never') return quiet(choice);
    return choice === 'always'
      ? noisy('huge pages always', choice, apply)
      : unknown(strange(readable), 'boot with transparent_hugepage=madvise');
  },
  changes({ hugePages: readable }) {
    if (canonical('choice', textOf(readable) ?? '') !== 'always') return [];
    const file = 'sys/kernel/mm/transparent_hugepage/enabled';
    return [{ knob: 'huge-pages', file, form: 'choice', before: 'always', set: 'madvise' }];
  },
};

/**
 * The hard-lockup detector: a non-maskable interrupt every few seconds on every CPU, and a counter less.
 * Documentation/admin-guide/sysctl/kernel.rst (nmi_watchdog).
 */
export const nmiWatchdog: Knob = {
  name: 'nmi-watchdog',
  wanted: 'off',
  bearsOn: 'crossings',
  judge({ nmiWatchdog: readable }) {
    const value = textOf(readable)?.trim();
    if (value === '0') return quiet('off');
    return value === '1'
      ? noisy('NMI watchdog on', 'on', `${apply}; or boot with nmi_watchdog=0`)
      : unknown(strange(readable), 'boot with nmi_watchdog=0');
  },
  changes({ nmiWatchdog: readable }) {
    if (textOf(readable)?.trim() !== '1') return [];
    return [{ knob: 'nmi-watchdog', file: 'proc/sys/kernel/nmi_watchdog', form: 'word', before: '1', set: '0' }];
  },
};

/** The hook prints at KERN_INFO, which is 6; the console shows what is below its level. */
const infoLevel = 6;
const calmLevel = '4';

/**
 * Every line of the hook that also goes to a console is written there character by character, on the CPU that measures.
 * Documentation/admin-guide/sysctl/kernel.rst (printk: the first of its four numbers).
 */
export const consoleLevel: Knob = {
  name: 'console-level',
  wanted: `at most ${infoLevel}`,
  bearsOn: 'kernel-log',
  judge({ printk }) {
    const level = canonical('first-number', textOf(printk) ?? '');
    if (level === null) return unknown(strange(printk), 'boot with quiet loglevel=4');
    return Number(level) <= infoLevel
      ? quiet(level)
      : noisy(`console level ${level}`, level, `${apply}; or boot with quiet loglevel=4`);
  },
  changes({ printk }) {
    const before = canonical('first-number', textOf(printk) ?? '');
    if (before === null || Number(before) <= infoLevel) return [];
    const file = 'proc/sys/kernel/printk';
    return [{ knob: 'console-level', file, form: 'first-number', before, set: calmLevel }];
  },
};

/** With 64 samples a line nothing was lost of a million faults with a ring of 128 KiB; see docs/noise-control.md. */
const enoughBytes = 128 * 1024;
const units = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 } as const;

/** Bytes of the kernel log: as booted (rounded up to a power of two), else as built; null when neither can be read. */
function ringBytes({ commandLine, kernelConfig }: NoiseTexts): number | null {
  const booted = [...(textOf(commandLine) ?? '').matchAll(/(?:^|\s)log_buf_len=(\d{1,10})([KMG]?)(?=\s|$)/gi)].at(-1);
  if (booted !== undefined) {
    const bytes = Number(booted[1]) * units[(booted[2] ?? '').toUpperCase() as keyof typeof units];
    return 2 ** Math.ceil(Math.log2(Math.max(1, bytes)));
  }
  const shift = /^CONFIG_LOG_BUF_SHIFT=(\d{1,2})$/m.exec(textOf(kernelConfig) ?? '')?.[1];
  return shift === undefined ? null : 2 ** Number(shift);
}

/**
 * A ring that overflows loses lines; each is seen and counted, so it costs samples, never their truth. Only a boot can
 * change it. Documentation/admin-guide/kernel-parameters.txt (log_buf_len); CONFIG_LOG_BUF_SHIFT of init/Kconfig.
 */
export const ringSize: Knob = {
  name: 'ring-size',
  wanted: 'at least 128 KiB',
  bearsOn: 'kernel-log',
  judge(texts) {
    const bytes = ringBytes(texts);
    if (bytes === null) return unknown('not known', 'boot with log_buf_len=16M, or install the kernel’s /boot/config');
    const found = `${bytes / 1024} KiB`;
    return bytes >= enoughBytes ? quiet(found) : noisy(`kernel log ring ${found}`, found, 'boot with log_buf_len=16M');
  },
  changes: () => [],
};
