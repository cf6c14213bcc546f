import type { NoiseTexts, Readable } from '../knobs/noise-texts.js';

const text = (value: string): Readable => ({ text: value });
const absent: Readable = { error: 'ENOENT' };

/** A quiet four-core Intel server without SMT, runs on CPU 3, which was isolated at boot. */
export const quietServer: NoiseTexts = {
  cpu: 3,
  online: text('0-3\n'),
  isolated: text('3\n'),
  nohzFull: text('3\n'),
  governor: text('performance\n'),
  policyBoost: absent,
  siblings: text('3\n'),
  noTurbo: text('1\n'),
  boost: absent,
  hugePages: text('always [madvise] never\n'),
  irqs: [
    { irq: 0, allowed: text('0-3\n'), effective: text('0\n') },
    { irq: 24, allowed: text('0-2\n'), effective: text('1\n') },
  ],
  defaultAffinity: text('7\n'),
  printk: text('4\t4\t1\t7\n'),
  nmiWatchdog: text('0\n'),
  commandLine: text('BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro quiet isolcpus=3 nohz_full=3 log_buf_len=16M\n'),
  kernelConfig: text('CONFIG_64BIT=y\nCONFIG_LOG_BUF_SHIFT=17\n'),
};

/** A laptop as it comes: powersave, turbo, SMT, nothing isolated. */
export const laptop: NoiseTexts = {
  ...quietServer,
  cpu: 7,
  online: text('0-7\n'),
  isolated: text('\n'),
  nohzFull: text('  (null)\n'),
  governor: text('powersave\n'),
  siblings: text('3,7\n'),
  noTurbo: text('0\n'),
  hugePages: text('[always] madvise never\n'),
  irqs: [
    { irq: 0, allowed: text('0-7\n'), effective: text('0\n') },
    { irq: 9, allowed: text('0-7\n'), effective: text('7\n') },
    { irq: 120, allowed: text('7\n'), effective: text('7\n') },
  ],
  defaultAffinity: text('ff\n'),
  printk: text('7\t4\t1\t7\n'),
  nmiWatchdog: text('1\n'),
  commandLine: text('ro quiet splash\n'),
};

/** A VM without cpufreq, interrupts elsewhere, as read from a container that shows little of /proc. */
export const container: NoiseTexts = {
  ...quietServer,
  cpu: 1,
  online: text('0-1\n'),
  isolated: absent,
  nohzFull: absent,
  governor: absent,
  siblings: text('1\n'),
  noTurbo: absent,
  hugePages: absent,
  irqs: [],
  defaultAffinity: absent,
  printk: { error: 'EACCES' },
  nmiWatchdog: absent,
  commandLine: text('console=ttyS0\n'),
  kernelConfig: absent,
};
