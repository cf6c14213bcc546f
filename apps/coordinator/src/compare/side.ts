import type { Comparison, Provenance } from '#contracts';
import { median } from '#stats';
import type { HostNoiseRow } from '../noise-floors/noise-floors.js';
import { resolutionOf, type SpreadOnClock } from './clock-step.js';
import type { Facts } from './facts.js';

/** One completed run as a replicate. */
export interface Replicate {
  runId: string;
  hostId: string;
  provenance: Provenance;
  /** Of the boot state and executor that it was measured under; one object for all runs under the same. */
  facts: Facts;
  /** Machine and seed of a simulated run: runs with the same are copies of each other. Null for all others. */
  draw: string | null;
  /** Whether something is known to have disturbed it. */
  noisy: boolean;
  /** When it ended, ms since 1970. */
  endedAtMs: number;
  p50Cycles: number;
  /** Smallest and largest sample. */
  minCycles: number;
  maxCycles: number;
  /** The TSC's rate in its boot; null when it is not known. */
  tscKhz: number | null;
  samples: number;
  jobId?: string;
  /** Values of the labels that a table goes by, by their names in selectors; null where the run has none. */
  labels?: Readonly<Record<string, string | null>>;
  /** Tells boots of a host apart; null where its worker did not say. */
  bootId?: string | null;
  /** Null of results that were computed before it was kept. */
  onClock?: SpreadOnClock | null;
}

export interface Side {
  selector: string;
  /** Whether the selector names hosts, so that it speaks of these and not of their kind. */
  namesHosts: boolean;
  /** Without copies. */
  runs: readonly Replicate[];
  /** How many runs were left out as copies of those. */
  copies: number;
  /** What is known of its hosts' noise in this measure. */
  history?: readonly HostNoiseRow[];
  /** Its hosts that are quarantined now, whenever their runs were measured. */
  quarantined?: readonly string[];
  /** Whether older runs were left out because there are more than a comparison takes. */
  cut: boolean;
  /** Of a side without runs, where it was asked: why it has none, and what to do about it. */
  notYet?: { reason: string; remedy: string };
}

/** A run's median in cycles of the core; null when the core's clock or the TSC's rate is not known. */
export function p50CoreCycles({ p50Cycles, tscKhz, facts }: Replicate): number | null {
  const coreMhz = Number(facts['fact.core-mhz']);
  return tscKhz === null || !(coreMhz > 0) ? null : (p50Cycles * coreMhz * 1_000) / tscKhz;
}

/** A run's median as time; null when the TSC's rate is not known. */
export function p50Ns({ p50Cycles, tscKhz }: Pick<Replicate, 'p50Cycles' | 'tscKhz'>): number | null {
  return tscKhz === null ? null : (p50Cycles / tscKhz) * 1e6;
}

/** Lowest and highest known rate, kHz. */
export function rateRange(runs: readonly Replicate[]): [low: number, high: number] {
  const rates = runs.map(({ tscKhz }) => tscKhz).filter((rate) => rate !== null);
  return [rates.reduce((x, y) => Math.min(x, y), Infinity), rates.reduce((x, y) => Math.max(x, y), -Infinity)];
}

/**
 * Rates that differ by less are one clock calibrated again at each boot. Clocks of different CPUs lie percents apart, and
 * a tenth of the default margin decides no verdict.
 */
export const calibrationError = 0.001;

/** Whether the cycles of all these runs are the same length, as far as their rates are known. */
export function sameClock(runs: readonly Replicate[]): boolean {
  const [low, high] = rateRange(runs);
  return high <= low * (1 + calibrationError);
}

/**
 * What a comparison shows of a side. One whose runs must not be pooled has no median: no host has it. One of several clocks
 * has none in cycles, which are not the same length.
 */
export function sideView({ selector, runs, copies }: Side, pooled: boolean): Comparison['a'] {
  const ns = runs.map(p50Ns).filter((value) => value !== null);
  return {
    selector,
    hosts: [...new Set(runs.map((run) => run.hostId))].sort(),
    runs: runs.length,
    copies,
    samples: runs.reduce((sum, run) => sum + run.samples, 0),
    provenance: [...new Set(runs.map((run) => run.provenance))].sort(),
    medianCycles: pooled && sameClock(runs) ? median(runs.map((run) => run.p50Cycles)) : null,
    medianNs: pooled && ns.length === runs.length ? median(ns) : null,
    resolution: runs.length === 0 ? null : resolutionOf(runs),
    runMedians: runs.map((run) => ({
      runId: run.runId,
      hostId: run.hostId,
      endedAt: new Date(run.endedAtMs).toISOString(),
      p50Cycles: run.p50Cycles,
      p50Ns: p50Ns(run),
    })),
  };
}
