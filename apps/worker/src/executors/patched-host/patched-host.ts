import { constants } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { probeOf, probesOf, type BootState, type Provenance } from '#contracts';
import { machineBootId } from '../../facts/boot-id.js';
import { readingCpu, type MachineCpus } from '../../facts/cpu-list.js';
import { provenanceFrom, type CpuWitness } from '../../facts/evidence.js';
import { ExecutionError, type Execution, type ExecutionRequest, type Executor } from '../executor.js';
import { captured, factsOf, refuseOtherArchitectures, xperfParameters } from '../xperf/captured.js';
import type { CompileCache, CompiledProgram } from '../xperf/compile-cache.js';
import { identified, readWitness } from '../xperf/identify.js';
import { failureOf } from '../xperf/xperf-end.js';
import { followFailure } from './follow-end.js';
import { readHookState, type HookState } from './hook-state.js';
import { hookRefusal, logFailure } from './rights.js';

export interface PatchedHostOptions {
  bootState: BootState;
  /** What its figures are expected to be; each run says it again. */
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
 * kernel log, and kernel/follow passes the log on from before the first fault to after the last. Round trips need
 * neither hook nor log; here they are told apart from those of a stock kernel, whose entry code is another.
 */
export function createPatchedHost(options: PatchedHostOptions): Executor {
  return {
    name: 'patched-host',
    probes: probesOf('patched-host'),
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
  const xperf = await options.xperf.program();
  if (probeOf(request.probe).printer === 'kernel') await refuseWithoutRights(hook);
  const { cpu, witness } = await measuringPlace(options.cpus, xperf, signal);
  const bootState = identified(options.bootState, witness.signature);
  const { facts, execute } =
    probeOf(request.probe).printer === 'kernel'
      ? await followed(options, request, { xperf, cpu }, signal)
      : alone(request, { xperf, cpu }, signal);
  return {
    bootState: {
      ...bootState,
      kpti: hook.kpti,
      extra: {
        ...bootState.extra,
        ...factsOf(xperf, cpu),
        ...facts,
        hook: `version ${hook.version}, mode ${hook.mode}${hook.fred ? ', FRED' : ''}`,
      },
    },
    ...provenanceFrom(witness),
    pinnedCpu: cpu,
    bootId: await machineBootId(),
    execute,
    discard: () => Promise.resolve(),
  };
}

interface Place {
  xperf: CompiledProgram;
  cpu: number | null;
}

interface Way {
  facts: Record<string, string>;
  execute: Execution['execute'];
}

/** xperf below follow, which passes on the kernel log. */
async function followed(
  { cpus, batch, follow }: PatchedHostOptions,
  request: ExecutionRequest,
  { xperf, cpu }: Place,
  signal: AbortSignal,
): Promise<Way> {
  const { path } = await follow.program();
  const reader = readingCpu(cpus, cpu);
  const args = [
    // It dies with this worker, and xperf with it, even when this worker is killed by SIGKILL.
    ...['--parent', String(process.pid), ...(reader === null ? [] : ['--cpu', String(reader)])],
    ...['--', xperf.path, ...xperfParameters(request, { batch, cpu })],
  ];
  return {
    facts: { readerCpu: reader === null ? 'any' : String(reader), samplesPerLine: String(batch) },
    execute: () => captured({ file: path, args }, request.timeoutMs, signal, followFailure),
  };
}

/** xperf by itself, which prints its round trips when it has taken them. */
function alone(request: ExecutionRequest, { xperf, cpu }: Place, signal: AbortSignal): Way {
  const args = xperfParameters(request, { batch: 64, cpu, parent: process.pid });
  return {
    facts: {},
    execute: () => captured({ file: xperf.path, args }, request.timeoutMs, signal, failureOf),
  };
}

/** A file's text; null when it is not there or not ours to read. */
async function textOf(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}

async function readHook(release: string): Promise<HookState> {
  const hook = readHookState(await textOf('/proc/xperf'), release);
  if ('code' in hook) throw new ExecutionError(hook);
  return hook;
}

/** Asks of the log as follow will: the right is checked when it is opened. */
async function refuseWithoutRights(hook: HookState): Promise<void> {
  const refusal = hookRefusal(hook, await textOf('/proc/self/status'));
  if (refusal !== null) throw new ExecutionError(refusal);
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
