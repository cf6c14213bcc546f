// The kernel configuration: what is asked for, and the check that it was really set.
import { kernelSeriesOf } from '../series/kernel-series.mjs';

const switchedOn = [
  // processor, mitigations, unwinder (whose checks cover the entry code)
  'EXPERT',
  '64BIT', 'SMP', 'CPU_MITIGATIONS', 'UNWINDER_ORC', 'KALLSYMS', 'HYPERVISOR_GUEST', 'PARAVIRT', 'KVM_GUEST',
  'ACPI', 'PCI', 'NO_HZ_IDLE', 'HZ_250', 'HIGH_RES_TIMERS', 'CPU_ISOLATION', 'SCHED_MC', 'JUMP_LABEL',
  'CC_OPTIMIZE_FOR_PERFORMANCE', 'KERNEL_GZIP',
  // log and console
  'PRINTK', 'TTY', 'SERIAL_8250', 'SERIAL_8250_CONSOLE', 'BUG',
  // programs
  'BLK_DEV_INITRD', 'RD_GZIP', 'BINFMT_ELF', 'BINFMT_SCRIPT', 'PROC_FS', 'PROC_SYSCTL', 'SYSFS', 'DEVTMPFS', 'TMPFS', 'SHMEM',
  'FUTEX', 'POSIX_TIMERS', 'MULTIUSER', 'ADVISE_SYSCALLS', 'MEMBARRIER', 'RSEQ', 'EPOLL', 'SIGNALFD', 'TIMERFD',
  'EVENTFD', 'AIO', 'INOTIFY_USER', 'FILE_LOCKING', 'UNIX98_PTYS', 'COREDUMP', 'ELF_CORE',
  // the port to the host; network and shared folder for a worker inside the guest
  'VIRTIO_MENU', 'VIRTIO_PCI', 'VIRTIO_CONSOLE', 'NET', 'INET', 'UNIX', 'IP_PNP', 'IP_PNP_DHCP', 'NETDEVICES', 'NET_CORE',
  'VIRTIO_NET', 'NETWORK_FILESYSTEMS', 'NET_9P', 'NET_9P_VIRTIO', '9P_FS',
]; // prettier-ignore

const switchedOff = ['RANDOMIZE_BASE', 'CC_OPTIMIZE_FOR_SIZE', 'KERNEL_XZ', 'MODULES', 'XEN_PV'];

/** What each image is for: `hook` measures, `stock` has no hook, `negative` must crash under KPTI. */
export const VARIANTS = ['hook', 'stock', 'negative'];

/**
 * @param {string} series
 * @param {string} variant
 * @returns {Map<string, string>} option name without CONFIG_, to `y`, `n` or a value
 */
export function wantedOptions(series, variant) {
  /** @type {Map<string, string>} */
  const options = new Map();
  for (const name of switchedOn) options.set(name, 'y');
  for (const name of switchedOff) options.set(name, 'n');
  for (const [name, value] of Object.entries(kernelSeriesOf(series).options)) options.set(name, value);
  options.set('LOG_BUF_SHIFT', '17');
  options.set('LOCALVERSION', `"-xperf-${variant}"`);
  options.set('XPERF', variant === 'stock' ? 'n' : 'y');
  options.set('XPERF_NEGATIVE_CONTROL', variant === 'negative' ? 'y' : 'n');
  return options;
}

/** Keys of a distribution that its sources lack outside its own build. */
const keysOfOthers = ['SYSTEM_TRUSTED_KEYS', 'SYSTEM_REVOCATION_KEYS'];

/**
 * What a host's own configuration gets for a kernel with the hook, beside what it has. Without debug information: with it, a
 * distribution's kernel takes 20 GB and more to build.
 *
 * @param {string} series
 * @param {string} config the host's, as in /boot/config-*
 * @returns {Map<string, string>} as of `wantedOptions`
 */
export function hostOptions(series, config) {
  const debugInfo = [...config.matchAll(/^CONFIG_(DEBUG_INFO\w*)=y$/gm)].map(([, name = '']) => name);
  /** @type {Map<string, string>} */
  const options = new Map();
  for (const [name, value] of Object.entries(kernelSeriesOf(series).options))
    if (name.endsWith('PAGE_TABLE_ISOLATION')) options.set(name, value);
  for (const name of [...debugInfo, 'XEN_PV', 'XPERF_NEGATIVE_CONTROL']) options.set(name, 'n');
  for (const name of keysOfOthers) if (config.includes(`CONFIG_${name}=`)) options.set(name, '""');
  return options.set('DEBUG_INFO_NONE', 'y').set('LOCALVERSION', '"-xperf"').set('XPERF', 'y');
}

/**
 * @param {string} config
 * @param {Map<string, string>} options
 * @returns {string} the configuration with these options in place of its own
 */
export function withOptions(config, options) {
  const others = config
    .split('\n')
    .filter((line) => !options.has(/^(?:# )?CONFIG_(\w+)(?:=| is not set)/.exec(line)?.[1] ?? ''));
  return `${others.join('\n').trimEnd()}\n${fragmentOf(options)}`;
}

/**
 * @param {Map<string, string>} options
 * @returns {string} a fragment for allnoconfig (KCONFIG_ALLCONFIG)
 */
export function fragmentOf(options) {
  return [...options]
    .map(([name, value]) => (value === 'n' ? `# CONFIG_${name} is not set` : `CONFIG_${name}=${value}`))
    .join('\n')
    .concat('\n');
}

/**
 * @param {Map<string, string>} options what was asked for
 * @param {string} config text of the final .config
 * @returns {string[]} options that came out otherwise, as `NAME: wanted y, is n`
 */
export function unmetOptions(options, config) {
  /** @type {Map<string, string>} */
  const actual = new Map();
  for (const line of config.split('\n')) {
    const [, name, value] = /^CONFIG_(\w+)=(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) actual.set(name, value);
  }
  return [...options]
    .filter(([name, value]) => (actual.get(name) ?? 'n') !== value)
    .map(([name, value]) => `CONFIG_${name}: wanted ${value}, is ${actual.get(name) ?? 'n'}`);
}
