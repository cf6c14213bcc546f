import { constants } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import type { BootState, Provenance } from '#contracts';
import { readingCpu, type MachineCpus } from '../../facts/cpu-list.js';
import { provenanceFrom, type CpuWitness } from '../../facts/evidence.js';
import { ExecutionError, type Execution, type ExecutionRequest, type Executor } from '../executor.js';
import { captured, factsOf, refuseOtherArchitectures, xperfParameters } from '../stock-host/captured.js';
import type { CompileCache, CompiledProgram } from '../stock-host/compile-cache.js';
import { identified, readWitness } from '../stock-host/identify.js';
import { followFailure } from './follow-end.js';
import { readHookState, type HookState } from './hook-state.js';
import { hookRefusal, logFailure } from './rights.js';

export interface PatchedHostOptions {
  bootState: BootState;
  /** What its figures are expected to be; each run says it anew. */
  provenance: Provenance;
  xperf: Pick<CompileCache, 'program'>;
  follow: Pick<CompileCache, 'program'>;
  cpus: MachineCpus;
  /** Samples a line of the kernel log, 1 to 64. */
  batch: number;
  architecture: string;
}

/**
 * Measures u2k and k2u on this host, whose kernel carries the hook. xperf raises the faults, the hook prints into the
 * kernel log, and kernel/follow passes the log on from before the first fault to after the last.
 */
export function createPatchedHost(options: PatchedHostOptions): Executor {
  return {
    name: 'patched-host',
    probes: ['pf'],
    provenance: options.provenance,
    prepare: (request, signal) => prepare(options, request, signal),
  };
}

async function prepare(
  options: PatchedHostOptions,
  request: ExecutionRequest,
  signal: AbortSignal,
): Promise<Execution> {
  refuseOtherArchitectures(options.architecture, 'patched-host');
  const hook = await readHook(options.bootState.kernelRelease);
  await refuseUnreadableLog();
  const [xperf, follow] = [await options.xperf.program(), await options.follow.program()];
  const { cpu, witness } = await measuringPlace(options.cpus, xperf, signal);
  const reader = readingCpu(options.cpus, cpu);
  const bootState = identified(options.bootState, witness.signature);
  const { batch } = options;
  const args = [
    // It dies with this worker, and xperf with it, even when this worker is killed by SIGKILL.
    ...['--parent', String(process.pid), ...(reader === null ? [] : ['--cpu', String(reader)])],
    ...['--', xperf.path, ...xperfParameters(request, { batch, cpu })],
  ];
  return {
    bootState: {
      ...bootState,
      kpti: hook.kpti,
      extra: {
        ...bootState.extra,
        ...factsOf(xperf, cpu),
        readerCpu: reader === null ? 'any' : String(reader),
        samplesPerLine: String(batch),
        hook: `version ${hook.version}, mode ${hook.mode}${hook.fred ? ', FRED' : ''}`,
      },
    },
    ...provenanceFrom(witness),
    execute: () => captured({ file: follow.path, args }, request.timeoutMs, signal, followFailure),
    discard: () => Promise.resolve(),
  };
}

/** A file's text; null when it is not there or not ours to read. */
async function textOf(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}

async function readHook(release: string): Promise<HookState> {
  const hook = readHookState(await textOf('/proc/xperf'), release);
  if ('code' in hook) throw new ExecutionError(hook);
  const refusal = hookRefusal(hook.mode, await textOf('/proc/self/status'));
  if (refusal !== null) throw new ExecutionError(refusal);
  return hook;
}

/** Asks as follow will: the right is checked when the log is opened. */
async function refuseUnreadableLog(): Promise<void> {
  try {
    const log = await open('/dev/kmsg', constants.O_RDONLY | constants.O_NONBLOCK);
    await log.close();
  } catch (error) {
    throw new ExecutionError(logFailure((error as NodeJS.ErrnoException).code ?? 'unknown'));
  }
}

/**
 * Where to measure, and what that CPU says and shows of itself. An isolated CPU is taken though it is not in our affinity mask
 * (`isolcpus` keeps it out of everybody's) unless a cpuset forbids it.
 */
async function measuringPlace(
  { isolated, measuring }: MachineCpus,
  xperf: CompiledProgram,
  signal: AbortSignal,
): Promise<{ cpu: number | null; witness: CpuWitness }> {
  const quiet = isolated.at(-1);
  if (quiet !== undefined && quiet !== measuring) {
    try {
      return { cpu: quiet, witness: await readWitness(xperf, quiet, signal) };
    } catch (error) {
      if (!(error instanceof ExecutionError) || error.failure.code !== 'pin-failed') throw error;
    }
  }
  return { cpu: measuring, witness: await readWitness(xperf, measuring, signal) };
}
