import type { Failure } from '#contracts';
import { startProgram, type ProgramEnd } from '../../exec/run-program.js';
import { ExecutionError, type ExecutionRequest } from '../executor.js';
import type { CompiledProgram } from './compile-cache.js';

/** Parameters of xperf for one run; `cpu` null leaves the CPU to xperf. */
export function xperfParameters(
  { probe, faults, warmup, nonce }: Pick<ExecutionRequest, 'probe' | 'faults' | 'warmup' | 'nonce'>,
  more: { batch: number; cpu: number | null; parent?: number },
): string[] {
  const { cpu, ...others } = more;
  const numbers = { faults, warmup, ...others, ...(cpu === null ? {} : { cpu }) };
  const options = Object.entries(numbers).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return ['--probe', probe, '--run', nonce, ...options];
}

/**
 * What of the measuring itself would change the figures. The pinned CPU is a field of the start as well. It stays here because
 * extra facts are part of the boot state's hash: without it every host would begin a new segment although nothing about it
 * changed, and runs on two CPUs of one host would share one.
 */
export function factsOf(program: CompiledProgram, cpu: number | null): Record<string, string> {
  return {
    xperfSources: program.sourceHash.slice(0, 16),
    compiler: program.compiler,
    ...(cpu === null ? {} : { pinnedCpu: String(cpu) }),
  };
}

/** @throws ExecutionError `not-x86-64` */
export function refuseOtherArchitectures(architecture: string, executor: string): void {
  if (architecture === 'x64') return;
  throw new ExecutionError({
    code: 'not-x86-64',
    message: `this worker runs on ${architecture}; xperf reads x86-64 registers and instructions`,
    remedy: `Serve ${executor} from a worker on an x86-64 machine.`,
  });
}

/**
 * Runs a measuring program and yields its standard output. When this has ended, by return or throw, so has the program.
 *
 * @param failureOf what its end means; null for success
 * @throws ExecutionError when it failed
 */
export async function* captured(
  { file, args }: { file: string; args: readonly string[] },
  timeoutMs: number,
  signal: AbortSignal,
  failureOf: (end: ProgramEnd, stderr: string, timeoutMs: number) => Failure | null,
): AsyncGenerator<Uint8Array> {
  const program = startProgram({ file, args, timeLimitMs: timeoutMs, signal });
  try {
    yield* program.output;
  } finally {
    // Left early, it is being killed: the attempt is over only when it is gone.
    await program.ended;
  }
  const { end, stderr } = await program.ended;
  const failure = failureOf(end, stderr, timeoutMs);
  if (failure !== null) throw new ExecutionError(failure);
}
