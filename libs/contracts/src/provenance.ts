/**
 * Where a figure comes from (docs/provenance.md). Figures of different provenance are never pooled or compared.
 * - `measured`: a CPU ran the instructions, and there is positive evidence of it.
 * - `emulated`: an emulator ran them and says so.
 * - `simulated`: our own cost model computed it.
 * - `unknown`: there is no evidence either way.
 * - `imported`: read from a kernel log that somebody brought. This fleet did not see where it was taken.
 */
export const provenances = ['measured', 'emulated', 'simulated', 'unknown', 'imported'] as const;
export type Provenance = (typeof provenances)[number];

/** What a run may be said to be: measured only with the evidence for it, else what it was said to be. */
export function evidenced(said: Provenance, evidence: object | undefined): Provenance {
  return said === 'measured' && evidence === undefined ? 'unknown' : said;
}
