import { probesOf } from '#contracts';
import { simulatedBootState, simulateRun, SimulationRefused } from '#entry-sim';
import { ExecutionError, type Execution, type ExecutionRequest, type Executor } from '../executor.js';

/** Samples a line, as the kernel hook prints them by default. */
const batch = 64;

/**
 * Runs a simulated machine: seeded kernel-log text that takes the same way as a real log.
 *
 * @param machine key of `simulatedMachines`
 */
export function createSimulator(machine: string): Executor {
  return {
    name: 'simulator',
    probes: probesOf('simulator'),
    provenance: 'simulated',
    prepare: (request, signal) =>
      Promise.resolve({
        bootState: simulatedBootState(machine),
        provenance: 'simulated',
        pinnedCpu: null,
        execute: () => simulate(machine, request, signal),
        discard: () => Promise.resolve(),
      } satisfies Execution),
  };
}

async function* simulate(
  machine: string,
  { probe, faults, warmup, nonce, seed, timeoutMs }: ExecutionRequest,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const deadline = performance.now() + timeoutMs;
  try {
    for (const text of simulateRun({ machine, probe, faults, warmup, nonce, seed, batch })) {
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
