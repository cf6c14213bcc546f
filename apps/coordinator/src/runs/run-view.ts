import type { MarkFor } from '../noise-floors/noise-floors.js';
import { noiseOf, type RunResult, type RunView, runResultSchema, runViewSchema } from '#contracts';

export interface RunQueryRow {
  run_id: string;
  job_id: string;
  host_id: string;
  executor: string;
  probe: string;
  replicate: number;
  guest: unknown;
  plan_index: number;
  state: string;
  attempt: number;
  provenance: string | null;
  labels: unknown;
  boot_state_hash: string | null;
  /** Extra facts of that boot state. */
  extra: Record<string, string> | null;
  queued_at: Date | null;
  started_at: Date | null;
  ended_at: Date | null;
  faults: number;
  samples: number;
  lost: number;
  rejected: number;
  damaged_lines: number;
  overhead_cycles: number | null;
  failure: unknown;
  parser_version: number | null;
  samples_version: number | null;
}

export interface ResultRow {
  run_id: string;
  metric: string;
  samples: number;
  invalid: number;
  interrupted: number;
  min_cycles: number;
  p5_cycles: number;
  p25_cycles: number;
  p50_cycles: number;
  p75_cycles: number;
  p95_cycles: number;
  p99_cycles: number;
  max_cycles: number;
  mean_cycles: number;
  tsc_khz: number | null;
}

/** TSC cycles as nanoseconds; null when the TSC's rate is not known. */
export function nanoseconds(cycles: number, tscKhz: number | null): number | null {
  return tscKhz === null ? null : (cycles / tscKhz) * 1e6;
}

function resultView(row: ResultRow, noiseFloor: RunResult['noiseFloor']): RunResult {
  return runResultSchema.parse({
    metric: row.metric,
    samples: row.samples,
    invalid: row.invalid,
    interrupted: row.interrupted,
    minCycles: row.min_cycles,
    p5Cycles: row.p5_cycles,
    p25Cycles: row.p25_cycles,
    p50Cycles: row.p50_cycles,
    p75Cycles: row.p75_cycles,
    p95Cycles: row.p95_cycles,
    p99Cycles: row.p99_cycles,
    maxCycles: row.max_cycles,
    meanCycles: row.mean_cycles,
    p50Ns: nanoseconds(row.p50_cycles, row.tsc_khz),
    noiseFloor,
  });
}

/** @param markOf of the hosts' noise */
export function runView(row: RunQueryRow, results: readonly ResultRow[], markOf: MarkFor): RunView {
  const { host_id: hostId, executor, probe, provenance } = row;
  const mark = (metric: string): RunResult['noiseFloor'] =>
    provenance === null ? null : markOf({ hostId, executor, probe, metric, provenance });
  return runViewSchema.parse({
    runId: row.run_id,
    jobId: row.job_id,
    hostId: row.host_id,
    executor: row.executor,
    probe: row.probe,
    replicate: row.replicate,
    guest: row.guest,
    state: row.state,
    attempt: row.attempt,
    provenance: row.provenance,
    labels: row.labels,
    bootStateHash: row.boot_state_hash,
    noise: noiseOf(row.extra ?? {}),
    queuedAt: row.queued_at?.toISOString() ?? null,
    startedAt: row.started_at?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
    faults: row.faults,
    samples: row.samples,
    lost: row.lost,
    rejected: row.rejected,
    damagedLines: row.damaged_lines,
    overheadCycles: row.overhead_cycles,
    failure: row.failure,
    parserVersion: row.parser_version,
    results: results
      .filter((result) => result.run_id === row.run_id)
      .map((result) => resultView(result, mark(result.metric))),
  });
}
