import type { Provenance } from '#contracts';

/** One completed run as a replicate. */
export interface Replicate {
  runId: string;
  hostId: string;
  provenance: Provenance;
  /** Machine and seed of a simulated run: runs with the same are copies of each other. Null for all others. */
  draw: string | null;
  /** Whether something is known to have disturbed it. */
  noisy: boolean;
  p50Cycles: number;
  samples: number;
}

export interface Side {
  selector: string;
  /** Without copies. */
  runs: readonly Replicate[];
  /** How many runs were left out as copies of those. */
  copies: number;
  /** Whether older runs were left out because there are more than a comparison takes. */
  cut: boolean;
}
