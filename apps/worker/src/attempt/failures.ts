import type { ExecutorName, Failure, Probe } from '#contracts';
import { ExecutionError, type Executor } from '../executors/executor.js';
import { storable } from './storable.js';

/** The longest message and remedy that an event holds (failureSchema). */
const mostText = 2_000;

/** A failure as an event can hold it: its texts may come from programs and guests, and be of any length. */
export function storableFailure({ code, message, remedy }: Failure): Failure {
  return storable({ code, message: message.slice(0, mostText), remedy: remedy.slice(0, mostText) });
}

export function notServed(
  executor: ExecutorName,
  host: { hostId: string; executors: readonly Executor[] },
): ExecutionError {
  const served = host.executors.map(({ name }) => name).join(', ');
  return new ExecutionError({
    code: 'executor-not-served',
    message: `host ${host.hostId} does not serve executor ${executor}; it serves ${served}`,
    remedy: 'The host was served otherwise when the job was planned; submit the job again.',
  });
}

export function probeNotServed(probe: Probe, executor: Executor): ExecutionError {
  return new ExecutionError({
    code: 'probe-not-served',
    message: `executor ${executor.name} does not serve probe ${probe}; it serves ${executor.probes.join(', ')}`,
    remedy: 'Ask for a probe that the host announces (xf hosts).',
  });
}

/** An executor threw something that it should have explained. */
export function executorBroken(error: unknown): ExecutionError {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new ExecutionError({
    code: 'executor-broken',
    message,
    remedy: 'This is a fault of the worker, whose log holds the stack; please report it.',
  });
}
