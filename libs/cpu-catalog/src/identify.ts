import { catalogRows, type CatalogRow } from './rows.js';

/** What CPUID says: family and model with the extended bits folded in, as /proc/cpuinfo prints them. */
export interface CpuId {
  vendor: string;
  family: number;
  model: number;
  stepping: number;
}

export interface CpuCatalogEntry {
  known: true;
  microarchitecture: string;
  generation: string;
  year: number;
  codename: string | null;
  /** Microarchitectures of a hybrid package's cores; CPUID's model can't tell on which of them it ran. */
  hybrid: { performance: string; efficiency: string } | null;
}

export interface UnknownCpu {
  known: false;
  microarchitecture: 'unknown';
  generation: string;
  year: null;
  codename: null;
  hybrid: null;
  /** The catalogue's nearest relative (same vendor and family, closest model), or null; a hint, never a claim. */
  nearest: { microarchitecture: string; generation: string; family: number; model: number } | null;
}

function holds(row: CatalogRow, id: CpuId): boolean {
  const [low, high] = row.steppings ?? [0, Number.POSITIVE_INFINITY];
  return (
    row.vendor === id.vendor &&
    row.family === id.family &&
    row.models.includes(id.model) &&
    low <= id.stepping &&
    id.stepping <= high
  );
}

function nearest(id: CpuId): UnknownCpu['nearest'] {
  const relatives = catalogRows
    .filter((row) => row.vendor === id.vendor && row.family === id.family)
    .flatMap((row) => row.models.map((model) => ({ row, model, distance: Math.abs(model - id.model) })));
  const [closest] = relatives.sort((a, b) => a.distance - b.distance || a.row.year - b.row.year);
  if (closest === undefined) return null;
  const { microarchitecture, generation, family } = closest.row;
  return { microarchitecture, generation, family, model: closest.model };
}

/** The microarchitecture of a CPU; one that is not in the catalogue says so and names its nearest relative. */
export function identifyCpu(id: CpuId): CpuCatalogEntry | UnknownCpu {
  const row = catalogRows.find((candidate) => holds(candidate, id));
  if (row !== undefined) {
    const { microarchitecture, generation, year, codename = null, hybrid = null } = row;
    return { known: true, microarchitecture, generation, year, codename, hybrid };
  }
  const relative = nearest(id);
  const generation =
    relative === null
      ? `unknown (${id.vendor} family ${id.family} model ${id.model})`
      : `unknown (family ${id.family} model ${id.model}, nearest ${relative.generation})`;
  return {
    known: false,
    microarchitecture: 'unknown',
    generation,
    year: null,
    codename: null,
    hybrid: null,
    nearest: relative,
  };
}
