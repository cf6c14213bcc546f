import type { BootState } from '#contracts';
import { startProgram } from '../../exec/run-program.js';
import { ExecutionError, type Execution, type ExecutionRequest, type Executor } from '../executor.js';
import type { CompileCache, CompiledProgram } from './compile-cache.js';
import { failureOf } from './xperf-end.js';

export interface StockHostOptions {
  bootState: BootState;
  programs: Pick<CompileCache, 'program'>;
  /** The CPU to pin to; null leaves the choice to xperf. */
  cpu: number | null;
  architecture: string;
}

/** Measures round trips on this host, whatever its kernel, with the program under kernel/xperf. */
export function createStockHost(options: StockHostOptions): Executor {
  return {
    name: 'stock-host',
    probes: ['pf_rt', 'syscall_rt'],
    provenance: 'measured',
    prepare: (request, signal) => prepare(options, request, signal),
  };
}

async function prepare(options: StockHostOptions, request: ExecutionRequest, signal: AbortSignal): Promise<Execution> {
  if (options.architecture !== 'x64') {
    throw new ExecutionError({
      code: 'not-x86-64',
      message: `this worker runs on ${options.architecture}; xperf reads x86-64 registers and instructions`,
      remedy: 'Serve stock-host from a worker on an x86-64 machine.',
    });
  }
  const program = await options.programs.program();
  const { bootState } = options;
  return {
    bootState: { ...bootState, extra: { ...bootState.extra, ...factsOf(program, options.cpu) } },
    provenance: 'measured',
    execute: () => measure(program, options.cpu, request, signal),
    discard: () => Promise.resolve(),
  };
}

/** What of the measuring itself would change the figures. */
function factsOf(program: CompiledProgram, cpu: number | null): Record<string, string> {
  return {
    xperfSources: program.sourceHash.slice(0, 16),
    compiler: program.compiler,
    ...(cpu === null ? {} : { pinnedCpu: String(cpu) }),
  };
}

async function* measure(
  program: CompiledProgram,
  cpu: number | null,
  { probe, faults, warmup, nonce, timeoutMs }: ExecutionRequest,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  // With `parent` it dies with this worker, even when that is killed by SIGKILL.
  const numbers = { faults, warmup, batch: 64, parent: process.pid, ...(cpu === null ? {} : { cpu }) };
  const options = Object.entries(numbers).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const xperf = startProgram({
    file: program.path,
    args: ['--probe', probe, '--run', nonce, ...options],
    timeLimitMs: timeoutMs,
    signal,
  });
  try {
    yield* xperf.output;
  } finally {
    // Left early, it is being killed: the attempt is over only when it is gone.
    await xperf.ended;
  }
  const { end, stderr } = await xperf.ended;
  const failure = failureOf(end, stderr, timeoutMs);
  if (failure !== null) throw new ExecutionError(failure);
}
