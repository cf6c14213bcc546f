import type { Probe } from '#contracts';
import { ascii } from './cursor.js';

/** The field of a probe's first metric. Each probe has its own, so that a line alone tells what it measured. */
export const firstMetric: Record<Probe, Uint8Array> = {
  pf: ascii(' u2k='),
  pf_rt: ascii(' pf_rt='),
  syscall_rt: ascii(' syscall_rt='),
};
