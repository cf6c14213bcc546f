// What makes a figure count as measured. Each bound, with what it was measured on, stands in docs/provenance.md.
import type { Evidence, Provenance } from '#contracts';

/** What a CPU says and shows of itself: `xperf --identify`. */
export type CpuWitness = Pick<Evidence, 'signature' | 'cycles'>;

interface Pace {
  of: string;
  to: string;
  /** Bounds of the ratio. CPUs lie within; QEMU's TCG, with and without counted instructions, does not. */
  least: number;
  most: number;
}

/**
 * Latencies on CPUs since 2008, by Agner Fog's instruction tables and uops.info: add 1; imul r32 3 (Bulldozer 4, Bonnell
 * 5); fadd 3 to 7; crc32 r32 3 (Bulldozer 6). Ratios, because the TSC's rate is not the core's.
 */
const paces: readonly Pace[] = [
  { of: 'imul', to: 'add', least: 2, most: 6 },
  { of: 'fadd', to: 'imul', least: 0.7, most: 5 },
  { of: 'crc32', to: 'imul', least: 0.5, most: 4 },
];

function unlikely({ of, to, least, most }: Pace, cycles: CpuWitness['cycles']): string | null {
  const [upper, lower] = [cycles[of], cycles[to]];
  // CPUs before 2008 have no crc32; the other chains are everywhere.
  if (upper === undefined && of === 'crc32') return null;
  if (upper === undefined || lower === undefined) return `the pace of ${of} and ${to} was not measured`;
  const ratio = upper / lower;
  if (lower > 0 && ratio >= least && ratio <= most) return null;
  const found = lower > 0 ? `${ratio.toFixed(1)} times as long as` : `${upper} cycles,`;
  return `${of} takes ${found} ${to}${lower > 0 ? '' : ` ${lower}`}; on a CPU it is ${least} to ${most} times`;
}

/** What of a CPU's pace no CPU shows; null when instructions keep a CPU's pace. */
function strangePace(cycles: CpuWitness['cycles']): string | null {
  return paces.map((pace) => unlikely(pace, cycles)).find((found) => found !== null) ?? null;
}

/**
 * What figures are that come from a CPU: `emulated` when it says so, `measured` only when its instructions keep a CPU's
 * pace, else `unknown`. That no hypervisor is named proves nothing: an emulator need not name itself.
 *
 * @param witness null when the CPU could not be asked
 */
export function provenanceFrom(witness: CpuWitness | null): { provenance: Provenance; evidence: Evidence } {
  if (witness === null) {
    const reason = 'the CPU could not be asked (xf doctor says what is missing)';
    return { provenance: 'unknown', evidence: { signature: null, cycles: {}, reason } };
  }
  if (witness.signature === 'TCGTCGTCGTCG') {
    return { provenance: 'emulated', evidence: { ...witness, reason: 'CPUID names QEMU’s emulator' } };
  }
  const strange = strangePace(witness.cycles);
  if (strange !== null) return { provenance: 'unknown', evidence: { ...witness, reason: strange } };
  return { provenance: 'measured', evidence: { ...witness, reason: 'dependent instructions keep a CPU’s pace' } };
}
