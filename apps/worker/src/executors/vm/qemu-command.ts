/** One boot of a guest, protocol 1 of kernel/vm. */
export interface GuestBoot {
  bzImage: string;
  initramfs: string;
  accelerator: 'kvm' | 'tcg';
  kpti: boolean;
  cpuModel: string | undefined;
  bootOptions: string | undefined;
  /** Parameters of xperf; no blanks or commas. */
  parameters: readonly string[];
  /** Who prints the run's lines: with `xperf` the guest leaves its kernel log unread. */
  printer: 'kernel' | 'xperf';
  /** File that takes the console's text. */
  consolePath: string;
}

/** One to measure on, one for the reader of the log. */
export const guestCpus = 2;
export const guestMemoryMib = 512;
/** The kernel's own 128K loses records while the store keeps us waiting; this holds some 300,000 faults. */
const logBufLen = '4M';

/** What the guest's init reads of the command line; it differs from run to run. */
const perRun = /(^| )xperf\.(program|args|read)=\S*/g;

export function kernelCommandLine({ kpti, bootOptions, parameters, printer }: GuestBoot): string {
  return [
    'console=ttyS0 quiet loglevel=4 panic=-1',
    `pti=${kpti ? 'on' : 'off'}`,
    `log_buf_len=${logBufLen}`,
    ...(bootOptions === undefined ? [] : [bootOptions]),
    'xperf.program=xperf',
    `xperf.args=${parameters.join(',')}`,
    `xperf.read=${printer === 'kernel' ? 'live' : 'no'}`,
  ].join(' ');
}

/** The command line without what belongs to one run only, so that boots alike have boot states alike. */
export function withoutRun(commandLine: string): string {
  return commandLine.replace(perRun, '').trim();
}

export function cpuModelOf({ cpuModel, accelerator }: Pick<GuestBoot, 'cpuModel' | 'accelerator'>): string | undefined {
  return cpuModel ?? (accelerator === 'kvm' ? 'host' : undefined);
}

/**
 * QEMU as kernel/vm/README.md describes it: the port's bytes are its standard output; its standard input must stay
 * open. setpriv (util-linux) has the kernel kill it when this worker dies, however that dies.
 */
export function qemuCommand(boot: GuestBoot): { file: string; args: string[] } {
  const model = cpuModelOf(boot);
  const options: Record<string, string> = {
    accel: boot.accelerator,
    ...(model === undefined ? {} : { cpu: model }),
    display: 'none',
    smp: String(guestCpus),
    m: `${guestMemoryMib}M`,
    kernel: boot.bzImage,
    initrd: boot.initramfs,
    append: kernelCommandLine(boot),
    serial: `file:${boot.consolePath}`,
    chardev: 'stdio,id=port,signal=off',
  };
  return {
    file: 'setpriv',
    args: [
      ...['--pdeathsig', 'KILL', 'qemu-system-x86_64', '-nodefaults', '-no-user-config', '-no-reboot'],
      ...Object.entries(options).flatMap(([name, value]) => [`-${name}`, value]),
      ...['-device', 'virtio-serial-pci', '-device', 'virtserialport,chardev=port,name=xperf'],
    ],
  };
}
