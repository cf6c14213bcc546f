import type { BootState } from '#contracts';
import type { Execution, ExecutionRequest, Executor } from '../executor.js';
import { captured, factsOf, refuseOtherArchitectures, xperfParameters } from './captured.js';
import type { CompileCache } from './compile-cache.js';
import { identified, provenanceOn, readSignature } from './identify.js';
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
    provenance: provenanceOn(options.bootState),
    prepare: (request, signal) => prepare(options, request, signal),
  };
}

async function prepare(options: StockHostOptions, request: ExecutionRequest, signal: AbortSignal): Promise<Execution> {
  const { cpu, architecture } = options;
  refuseOtherArchitectures(architecture, 'stock-host');
  const program = await options.programs.program();
  const bootState = identified(options.bootState, await readSignature(program, cpu, signal));
  // With `parent` it dies with this worker, even when that is killed by SIGKILL.
  const args = xperfParameters(request, { batch: 64, cpu, parent: process.pid });
  return {
    bootState: { ...bootState, extra: { ...bootState.extra, ...factsOf(program, cpu) } },
    provenance: provenanceOn(bootState),
    execute: () => captured({ file: program.path, args }, request.timeoutMs, signal, failureOf),
    discard: () => Promise.resolve(),
  };
}
