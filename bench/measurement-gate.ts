// Does it matter whether simulated runs go on while this machine is measured? Answers with runs of pf_rt taken in
// turn alone and beside simulators (npm run bench:gate). The worker's gate (apps/worker/src/gate) rests on it.
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { createLogReader } from '#dmesg';
import { simulatedBootState } from '#entry-sim';
import { summarize } from '#stats';
import type { Executor } from '../apps/worker/src/executors/executor.js';
import { createSimulator } from '../apps/worker/src/executors/simulator/simulator.js';
import { CompileCache } from '../apps/worker/src/executors/xperf/compile-cache.js';
import { xperfFolder } from '../apps/worker/src/executors/xperf/sources.js';
import { createStockHost } from '../apps/worker/src/executors/stock-host/stock-host.js';

const pairs = 15;
const faults = 20_000;
const simulators = 4;
const nonce = '00c0ffee';

interface RunFigures {
  p50Cycles: number;
  p99Cycles: number;
  interruptedShare: number;
  rejectedShare: number;
}

async function measure(executor: Executor): Promise<RunFigures> {
  const never = new AbortController().signal;
  const request = { probe: 'pf_rt', faults, warmup: 1_000, nonce, seed: 1, timeoutMs: 60_000 } as const;
  const execution = await executor.prepare(request, never);
  const reader = createLogReader({ nonce, probe: 'pf_rt' });
  const cycles: number[] = [];
  let interrupted = 0;
  const take = (items: ReturnType<typeof reader.push>): void => {
    for (const item of items) {
      if (item.kind !== 'samples') continue;
      cycles.push(...(item.columns.pf_rt ?? []));
      interrupted += item.interrupted.reduce((sum, flag) => sum + flag, 0);
    }
  };
  for await (const bytes of execution.execute()) take(reader.push(bytes));
  take(reader.end());
  const summary = summarize(Int32Array.from(cycles));
  if (summary === null) throw new Error('a run gave no sample');
  const { p50, p99 } = summary;
  const { rejected } = reader.accounting();
  return {
    p50Cycles: p50,
    p99Cycles: p99,
    interruptedShare: interrupted / cycles.length,
    rejectedShare: rejected / faults,
  };
}

/** Keeps simulators busy in this process, as lanes of one worker would, until stopped. */
function startSimulators(): () => Promise<void> {
  const stop = new AbortController();
  const lanes = Array.from({ length: simulators }, async (_, lane) => {
    for (let seed = lane; !stop.signal.aborted; seed += simulators) {
      const request = { probe: 'pf', faults: 1_000_000, warmup: 0, nonce, seed, timeoutMs: 600_000 } as const;
      const execution = await createSimulator('bench', 'haswell-ep').prepare(request, stop.signal);
      const reader = createLogReader({ nonce, probe: 'pf' });
      for await (const bytes of execution.execute()) reader.push(bytes);
    }
  });
  return async () => {
    stop.abort();
    await Promise.all(lanes);
  };
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

function condensed(runs: readonly RunFigures[]): RunFigures {
  const of = (pick: (run: RunFigures) => number): number => Number(median(runs.map(pick)).toPrecision(4));
  return {
    p50Cycles: of((run) => run.p50Cycles),
    p99Cycles: of((run) => run.p99Cycles),
    interruptedShare: of((run) => run.interruptedShare),
    rejectedShare: of((run) => run.rejectedShare),
  };
}

const cacheDir = await mkdtemp(join(os.tmpdir(), 'xf-bench-gate-'));
try {
  const programs = new CompileCache(cacheDir, xperfFolder(), new AbortController().signal);
  const cpu = os.cpus().length - 1;
  const bootState = simulatedBootState('haswell-ep');
  const executor = createStockHost({ bootState, provenance: 'measured', programs, cpu, architecture: process.arch });
  await measure(executor);
  const alone: RunFigures[] = [];
  const beside: RunFigures[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    alone.push(await measure(executor));
    const stopSimulators = startSimulators();
    beside.push(await measure(executor));
    await stopSimulators();
  }
  const figures = { alone: condensed(alone), besideSimulators: condensed(beside) };
  const ratios = alone.map((run, pair) => (beside[pair]?.p50Cycles ?? Number.NaN) / run.p50Cycles);
  const tails = alone.map((run, pair) => (beside[pair]?.p99Cycles ?? Number.NaN) / run.p99Cycles);
  const report = {
    what: 'medians over runs of pf_rt on this machine, alone and beside simulators of the same process, in turn',
    at: new Date().toISOString(),
    node: process.version,
    cpu: os.cpus()[0]?.model ?? 'unknown',
    cpus: os.cpus().length,
    loadAverage: os.loadavg().map((load) => Number(load.toFixed(1))),
    pairs,
    faultsPerRun: faults,
    simulators,
    ...figures,
    p50RatioOfPairs: { median: Number(median(ratios).toFixed(3)), each: ratios.map((r) => Number(r.toFixed(3))) },
    p99RatioOfPairs: { median: Number(median(tails).toFixed(3)), each: tails.map((r) => Number(r.toFixed(3))) },
  };
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
} finally {
  await rm(cacheDir, { recursive: true, force: true });
}
