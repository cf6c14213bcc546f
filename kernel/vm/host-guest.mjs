// The QEMU command line of a guest that is a whole host with this machine's programs (guest/host.c).
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { guestPaths, seriesPaths } from '../build/cache.mjs';

const tree = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/**
 * Network: QEMU's user mode; the guest calls this machine's loopback 10.0.2.2, and nobody can call the guest.
 *
 * @param {object} boot
 * @param {string} boot.series
 * @param {string} boot.variant
 * @param {string} boot.work folder that stands at /opt/work in the guest; its start.sh is run, as root
 * @param {string} boot.consolePath file that takes the console's text
 * @param {boolean} [boot.kpti] default on
 * @param {string} [boot.smp] as QEMU takes it, default 3
 * @param {number} [boot.isolated] the CPU kept free for measuring, default 2
 * @param {string} [boot.append] more kernel parameters
 * @returns {string[]} parameters of qemu-system-x86_64; what start.sh says comes out of its standard output, as `@out` and `@err`
 */
export function hostGuestParameters(boot) {
  const { series, variant, work, consolePath, kpti = true, smp = '3', isolated = 2, append = '' } = boot;
  const shares = { machine: '/', tree, node: dirname(process.execPath), work };
  const commandLine = [
    'console=ttyS0 quiet loglevel=4 panic=-1',
    `pti=${kpti ? 'on' : 'off'} isolcpus=${isolated}`,
    'ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off',
    append,
    'xperf.program=host xperf.args=/bin/bash,/opt/work/start.sh xperf.read=no',
  ].join(' ');
  return [
    ...['-accel', 'tcg', '-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none', '-smp', smp, '-m', '1G'],
    ...['-kernel', seriesPaths(series).image(variant).bzImage],
    ...['-initrd', guestPaths().initramfs, '-append', commandLine],
    ...['-serial', `file:${consolePath}`, '-device', 'virtio-serial-pci'],
    ...['-chardev', 'stdio,id=port,signal=off', '-device', 'virtserialport,chardev=port,name=xperf'],
    ...['-netdev', 'user,id=net', '-device', 'virtio-net-pci,netdev=net,romfile='],
    ...Object.entries(shares).flatMap(([tag, path]) => [
      ...['-fsdev', `local,id=${tag},path=${path},security_model=none,readonly=on,multidevs=remap`],
      ...['-device', `virtio-9p-pci,fsdev=${tag},mount_tag=${tag}`],
    ]),
  ];
}
