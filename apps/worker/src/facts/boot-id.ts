import { readFile } from 'node:fs/promises';

/**
 * Which boot of this machine it is: the kernel draws a UUID at each. Tells boots under one boot state apart, so that the spread between
 * them can be known. Null where it can't be read.
 */
export async function machineBootId(path = '/proc/sys/kernel/random/boot_id'): Promise<string | null> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return /^[0-9a-f-]{36}$/.test(text.trim()) ? text.trim() : null;
}
