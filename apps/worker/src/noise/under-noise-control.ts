import { executorOf, noiseFacts, type BootState } from '#contracts';
import type { Finding } from '#noise-control';
import type { WorkerHost } from '../attempt/attempt-context.js';
import type { Execution, ExecutionRequest, Executor } from '../executors/executor.js';
import type { Held, NoiseKeeper } from './noise-keeper.js';

/** Of what bears on a run: the one of its CPU, not of the boot state's other facts. */
function judged(findings: readonly Finding[], knob: Finding['knob']): Finding | undefined {
  return findings.find((finding) => finding.knob === knob && finding.verdict !== 'unknown');
}

/**
 * The boot state with the noise as extra facts. Governor and turbo of a real host are those of its measuring CPU now: the
 * host's own were read when the worker started, and may have been set since.
 */
function withNoise(bootState: BootState, { noise, findings }: Held, ownCpu: boolean): BootState {
  const extra = { ...bootState.extra, ...noiseFacts(noise) };
  if (!ownCpu) return { ...bootState, extra };
  const governor = judged(findings, 'governor')?.found ?? bootState.governor;
  const turbo = judged(findings, 'turbo');
  return { ...bootState, governor, turbo: turbo === undefined ? bootState.turbo : turbo.verdict === 'noisy', extra };
}

async function* putBackAfter(log: AsyncIterable<Uint8Array>, keeper: NoiseKeeper): AsyncGenerator<Uint8Array> {
  try {
    yield* log;
  } finally {
    keeper.release();
  }
}

async function prepare(
  inner: Executor,
  keeper: NoiseKeeper,
  request: ExecutionRequest,
  signal: AbortSignal,
): Promise<Execution> {
  const execution = await inner.prepare(request, signal);
  // Emulated figures say nothing of this machine, so neither does its noise of them.
  if (execution.provenance === 'emulated' || execution.provenance === 'simulated') return execution;
  const { host, readsHostLog } = executorOf(inner.name);
  let held: Held | null;
  try {
    held = keeper.hold(execution.pinnedCpu, readsHostLog);
  } catch (error) {
    await execution.discard();
    throw error;
  }
  if (held === null) return execution;
  return {
    ...execution,
    bootState: withNoise(execution.bootState, held, host === 'real'),
    execute: () => putBackAfter(execution.execute(), keeper),
    discard: async () => {
      keeper.release();
      await execution.discard();
    },
  };
}

/** The hosts with noise control around every executor that measures on this machine. */
export function underNoiseControl(hosts: readonly WorkerHost[], keeper: NoiseKeeper): WorkerHost[] {
  const controlled = (inner: Executor): Executor =>
    executorOf(inner.name).host === 'simulated'
      ? inner
      : { ...inner, prepare: (request, signal) => prepare(inner, keeper, request, signal) };
  return hosts.map((host) => ({ ...host, executors: host.executors.map(controlled) }));
}
