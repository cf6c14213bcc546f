import { probesOf, type BootState, type Provenance } from '#contracts';
import { machineBootId } from '../../facts/boot-id.js';
import { provenanceFrom } from '../../facts/evidence.js';
import type { Execution, ExecutionRequest, Executor } from '../executor.js';
import { captured, factsOf, refuseOtherArchitectures, xperfParameters } from '../xperf/captured.js';
import type { CompileCache } from '../xperf/compile-cache.js';
import { identified, readWitness } from '../xperf/identify.js';
import { failureOf } from '../xperf/xperf-end.js';

export interface StockHostOptions {
  bootState: BootState;
  /** What its figures are expected to be; each run says it again. */
  provenance: Provenance;
  programs: Pick<CompileCache, 'program'>;
  /** The CPU to pin to; null leaves the choice to xperf. */
  cpu: number | null;
  architecture: string;
}

/** Measures round trips on this host, whatever its kernel, with the program under kernel/xperf. */
export function createStockHost(options: StockHostOptions): Executor {
  return {
    name: 'stock-host',
    probes: probesOf('stock-host'),
    provenance: options.provenance,
    prepare: (request, signal) => prepare(options, request, signal),
  };
}

async function prepare(options: StockHostOptions, request: ExecutionRequest, signal: AbortSignal): Promise<Execution> {
  const { cpu, architecture } = options;
  refuseOtherArchitectures(architecture, 'stock-host');
  const program = await options.programs.program();
  const witness = await readWitness(program, cpu, signal);
  const bootState = identified(options.bootState, witness.signature);
  // With `parent` it dies with this worker, even when that is killed by SIGKILL.
  const args = xperfParameters(request, { batch: 64, cpu, parent: process.pid });
  return {
    bootState: { ...bootState, extra: { ...bootState.extra, ...factsOf(program, cpu) } },
    ...provenanceFrom(witness),
    pinnedCpu: cpu,
    bootId: await machineBootId(),
    execute: () => captured({ file: program.path, args }, request.timeoutMs, signal, failureOf),
    discard: () => Promise.resolve(),
  };
}
