import type { Failure } from '#contracts';
import type { HookState } from './hook-state.js';

/** Bits of a capability set (include/uapi/linux/capability.h). */
const capSysAdmin = 21n;

export const logDenied: Omit<Failure, 'message'> = {
  code: 'log-denied',
  remedy:
    'Give the worker CAP_SYSLOG: AmbientCapabilities=CAP_SYSLOG in its systemd unit (docs/patched-host.md), or as root: ' +
    'sysctl kernel.dmesg_restrict=0',
};

/** What it means that /dev/kmsg could not be opened, by the system's error code. */
export function logFailure(errorCode: string): Failure {
  if (errorCode === 'EPERM' || errorCode === 'EACCES') {
    return { ...logDenied, message: `this worker's user may not read the kernel log: /dev/kmsg: ${errorCode}` };
  }
  return {
    code: 'log-missing',
    message: `the kernel log can't be opened: /dev/kmsg: ${errorCode}`,
    remedy: 'Give the worker the device: in a container --device /dev/kmsg, in a chroot a mounted devtmpfs.',
  };
}

/**
 * Whether the hook will serve this process.
 *
 * @param status /proc/self/status; null when unreadable, then the hook itself will say
 */
export function hookRefusal({ mode, owner }: Pick<HookState, 'mode' | 'owner'>, status: string | null): Failure | null {
  if (mode === 'off') {
    return {
      code: 'hook-off',
      message: 'the kernel carries the hook, but it is switched off (mode=off)',
      remedy: 'As root: echo mode=owner > /proc/xperf; or boot without xperf=off.',
    };
  }
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status ?? '')?.[1];
  const isAdmin = effective === undefined || (BigInt(`0x${effective}`) >> capSysAdmin) % 2n === 1n;
  if (mode === 'any' || isAdmin) return null;
  const user = /^Uid:\s*\d+\s+(\d+)/m.exec(status ?? '')?.[1];
  if (mode === 'root') {
    return {
      code: 'hook-root-only',
      message: 'the hook serves CAP_SYS_ADMIN only (mode=root), and this worker has not got it',
      remedy: 'As root: echo mode=owner > /proc/xperf, or boot without xperf=root; or run the worker as root.',
    };
  }
  if (owner !== null && user === String(owner)) return null;
  return {
    code: 'hook-not-owner',
    message: `the hook serves root and ${owner === null ? 'no other user yet' : `user ${owner}`} (mode=owner); this worker is user ${user ?? 'unknown'}`,
    remedy: `As root: echo owner=${user ?? '…'} > /proc/xperf, or boot with xperf_owner=${user ?? '…'} (docs/patched-host.md).`,
  };
}
