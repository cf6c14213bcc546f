import type { Failure } from '#contracts';
import type { ProgramEnd } from '../../exec/run-program.js';

/** Exit codes of xperf (kernel/xperf/README.md) as failures: stable name and what the operator can do. */
const exits: Readonly<Record<number, { code: string; remedy: string }>> = {
  2: { code: 'xperf-usage', remedy: 'Worker and kernel/xperf are of different releases; install both from one tree.' },
  3: { code: 'pin-failed', remedy: 'Let the worker use the CPU: check taskset -p, its cpuset and offline CPUs.' },
  4: { code: 'memory', remedy: 'Give the worker more memory: check ulimit -v, its memory cgroup and free memory.' },
  5: { code: 'hook-missing', remedy: 'Boot a kernel built by npm run kernel:build, or ask for probe pf_rt.' },
  6: { code: 'hook-version', remedy: 'Build kernel and xperf from the same tree.' },
  7: {
    code: 'hook-refused',
    remedy:
      'As root: echo mode=owner > /proc/xperf when it is off, echo owner=UID > /proc/xperf for this worker’s user.',
  },
  8: { code: 'output-lost', remedy: 'The worker stopped reading; its own log says why.' },
  9: { code: 'nothing-measured', remedy: 'Something else faults in or moves the process; free the CPU and try again.' },
  10: { code: 'worker-gone', remedy: 'The worker that asked for it is no longer its parent; start the worker again.' },
};

/** What xperf's end means for the run: null for success or when we ended it ourselves. */
export function failureOf(end: ProgramEnd, stderr: string, timeoutMs: number): Failure | null {
  const said = stderr.trim().split('\n').at(-1)?.slice(0, 1_500) || 'it said nothing';
  switch (end.kind) {
    case 'aborted':
      return null;
    case 'exit': {
      if (end.code === 0) return null;
      const known = exits[end.code] ?? { code: 'xperf-failed', remedy: 'Run xperf by hand to see more.' };
      return { ...known, message: `xperf ended with status ${end.code}: ${said}` };
    }
    case 'signal':
      return {
        code: 'xperf-killed',
        message: `xperf was killed by ${end.signal}: ${said}`,
        remedy:
          end.signal === 'SIGKILL'
            ? 'Look for the out-of-memory killer in the kernel log.'
            : 'Run xperf by hand to see more.',
      };
    case 'time-limit':
      return {
        code: 'timeout',
        message: `xperf was not done after ${timeoutMs} ms`,
        remedy: 'Ask for fewer faults a run or a longer timeoutMs.',
      };
    case 'not-started':
      return {
        code: 'xperf-not-startable',
        message: `the compiled xperf can't be started: ${end.code}`,
        remedy:
          end.code === 'EACCES'
            ? 'Set WORKER_CACHE_DIR to a folder whose file system is not mounted noexec.'
            : 'Empty WORKER_CACHE_DIR and try again.',
      };
  }
}
