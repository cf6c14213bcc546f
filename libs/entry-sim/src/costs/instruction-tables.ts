/** Reciprocal throughputs in core cycles; null where the sources have none. */
export interface InstructionTable {
  rdtsc: number;
  rdtscp: number | null;
  mfence: number;
  lfence: number;
  source: string;
}

const source = 'InstLatx64 result files and Agner Fog, instruction tables: reciprocal throughput';
const row = (rdtsc: number, rdtscp: number | null, mfence: number, lfence: number): InstructionTable => ({
  rdtsc,
  rdtscp,
  mfence,
  lfence,
  source,
});

/** As collected in facts/crossing-costs.json, 'instructionCosts', trust A. */
export const instructionTables = {
  'sandy-bridge': row(28, 36, 33, 4),
  'ivy-bridge': row(27, null, 36, 4),
  haswell: row(24, null, 33, 4),
  broadwell: row(24, 30, 33, 4),
  skylake: row(25, 32, 33, 4),
  'cascade-lake': row(25, null, 33, 4),
  'ice-lake': row(27, 36, 36, 5),
  'alder-lake-p': row(26, null, 38, 12),
  'meteor-lake-p': row(27, null, 38, 12),
  'alder-lake-e': row(29, null, 15, 26),
  zen: row(37, 64, 74, 0.25),
  zen2: row(37, 67, 78, 11),
  zen3: row(36, 68, 61, 10),
  zen4: row(35, 64, 58, 10),
  zen5: row(38, 68, 82, 11),
} as const satisfies Record<string, InstructionTable>;
