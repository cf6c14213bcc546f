import type { EventData } from '#contracts';
import { hostConditions, simulateRun, simulateSamples, type LogFault } from '#entry-sim';

/** What happens to the log of a run with this seed; most are left alone. The scratch copy's simulator asks as well. */
const damages: readonly (readonly LogFault[])[] = [
  [],
  [],
  [],
  [],
  ['ring-overflow'],
  ['cut-lines'],
  ['interleaving'],
  ['clock-steps'],
];
/** As an expression over `seed`, for the patched copy (scratch-copy.ts). */
export const damageExpression = `${JSON.stringify(damages)}[seed % ${damages.length}]`;
const damageOf = (seed: number): readonly LogFault[] => damages[seed % damages.length] ?? [];

/** What a run would have measured, known from its host and its seed. */
export interface Truth {
  /** By sequence number; null where the hook rejected the fault. */
  samples: ({ u2k: number; k2u: number; interrupted: boolean } | null)[];
  rejected: number;
  /** The kernel log that its worker read, byte for byte. */
  log: Buffer;
  /** Lines of the log may be missing or broken, so that samples may be lost. */
  damaged: boolean;
}

/** Samples a line, as apps/worker/src/executors/simulator prints them. */
const batch = 64;

export function truthOf(request: EventData<'RunQueued'>, machine: string, nonce: string): Truth {
  const { hostId, faults, warmup, seed } = request;
  const conditions = hostConditions(hostId, machine);
  const columns = simulateSamples({ machine, faults, warmup, seed, conditions });
  const samples: Truth['samples'] = Array.from({ length: faults }, () => null);
  columns.seq.forEach((seq, i) => {
    samples[seq] = {
      u2k: columns.u2k[i] ?? NaN,
      k2u: columns.k2u[i] ?? NaN,
      interrupted: columns.interrupted[i] === 1,
    };
  });
  const damage = damageOf(seed);
  const run = { machine, probe: 'pf', faults, warmup, nonce, seed, batch, conditions, damage } as const;
  const text = [...simulateRun(run)].join('');
  return {
    samples,
    rejected: faults - columns.seq.length,
    log: Buffer.from(text, 'latin1'),
    damaged: damage.some((kind) => kind !== 'clock-steps'),
  };
}
