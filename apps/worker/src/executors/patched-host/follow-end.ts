import type { Failure } from '#contracts';
import type { ProgramEnd } from '../../exec/run-program.js';
import { failureOf } from '../xperf/xperf-end.js';
import { logDenied } from './rights.js';

/** Exit codes of kernel/follow; all others are xperf's own. */
const exits: Readonly<Record<number, { code: string; remedy: string }>> = {
  100: {
    code: 'follow-usage',
    remedy: 'Worker and kernel/follow are of different releases; install both from one tree.',
  },
  101: { code: 'worker-gone', remedy: 'The worker that asked for it is no longer its parent; start the worker again.' },
  102: logDenied,
  103: { code: 'log-missing', remedy: 'Check that /dev/kmsg is there and readable: head -n 1 /dev/kmsg.' },
  104: { code: 'pin-failed', remedy: 'Let the worker use the CPU: check taskset -p, its cpuset and offline CPUs.' },
  105: { code: 'memory', remedy: 'Give the worker more memory: check ulimit -v, its memory cgroup and free memory.' },
  106: { code: 'output-lost', remedy: 'The worker stopped reading; its own log says why.' },
  107: { code: 'xperf-not-startable', remedy: 'Empty WORKER_CACHE_DIR; check that it is not mounted noexec.' },
};

/** What the end of follow, and of xperf below it, means for the run: null for success or when we ended it ourselves. */
export function followFailure(end: ProgramEnd, stderr: string, timeoutMs: number): Failure | null {
  const known = end.kind === 'exit' ? exits[end.code] : undefined;
  if (known === undefined) return failureOf(end, stderr, timeoutMs);
  const { code, remedy } = known;
  return { code, remedy, message: stderr.trim().slice(-1_500) || 'follow failed and said nothing' };
}
