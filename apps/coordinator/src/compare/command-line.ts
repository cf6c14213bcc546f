/**
 * Parameters of a kernel's command line that say where it boots from and what it prints, not what a crossing costs; and those of
 * KPTI, which is a field of its own. They differ from host to host, and from kernel to kernel.
 */
const plumbing = new Set([
  ...['BOOT_IMAGE', 'initrd', 'root', 'rootflags', 'rootfstype', 'rootdelay', 'rootwait', 'ro', 'rw', 'resume', 'init'],
  ...['quiet', 'splash', 'console', 'earlycon', 'earlyprintk', 'loglevel', 'ignore_loglevel', 'vt.handoff', 'panic'],
  ...['ip', 'hostname', 'net.ifnames', 'biosdevname', 'crashkernel', 'pti', 'nopti', 'kpti'],
]);
const plumbingPrefixes = ['systemd.', 'rd.', 'fsck.', 'luks.', 'cloud-init', 'ds='];

/** What of a command line may change what a crossing costs, in one order, so that equal texts mean equal kernels. */
export function commandLineThatMatters(commandLine: string): string {
  return commandLine
    .split(/\s+/)
    .filter((word) => word !== '' && !plumbing.has(word.split('=')[0] ?? ''))
    .filter((word) => !plumbingPrefixes.some((prefix) => word.startsWith(prefix)))
    .sort()
    .join(' ');
}
