import { probesOf } from '#contracts';
import {
  hostConditions,
  simulatedBootState,
  simulateRun,
  SimulationRefused,
  type SimulatedRunOptions,
} from '#entry-sim';
import { ExecutionError, type Execution, type ExecutionRequest, type Executor } from '../executor.js';

/** Samples a line, as the kernel hook prints them by default. */
const batch = 64;

/**
 * Runs a simulated host: seeded kernel-log text that takes the same way as a real log. Its level is the machine's times a factor of
 * its own, drawn from its name: hosts of one model differ.
 *
 * @param machine key of `simulatedMachines`
 */
export function createSimulator(hostId: string, machine: string): Executor {
  const conditions = hostConditions(hostId, machine);
  return {
    name: 'simulator',
    probes: probesOf('simulator'),
    provenance: 'simulated',
    prepare: (request, signal) =>
      Promise.resolve({
        bootState: simulatedBootState(machine),
        provenance: 'simulated',
        pinnedCpu: null,
        execute: () => simulate({ machine, conditions, ...of(request), batch }, request.timeoutMs, signal),
        discard: () => Promise.resolve(),
      } satisfies Execution),
  };
}

const of = ({ probe, faults, warmup, nonce, seed }: ExecutionRequest) => ({ probe, faults, warmup, nonce, seed });

async function* simulate(run: SimulatedRunOptions, timeoutMs: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const deadline = performance.now() + timeoutMs;
  try {
    for (const text of simulateRun(run)) {
      yield Buffer.from(text, 'latin1');
      // Between chunks the event loop turns, so that heartbeats go out and a stop is seen.
      await new Promise((resolve) => setImmediate(resolve));
      if (signal.aborted) return;
      if (performance.now() > deadline) throw timedOut(timeoutMs);
    }
  } catch (error) {
    if (!(error instanceof SimulationRefused)) throw error;
    throw new ExecutionError({ code: 'simulation-refused', message: error.message, remedy: error.remedy });
  }
}

function timedOut(timeoutMs: number): ExecutionError {
  return new ExecutionError({
    code: 'timeout',
    message: `the simulation was not done after ${timeoutMs} ms`,
    remedy: 'Ask for fewer faults a run or a longer timeoutMs.',
  });
}
