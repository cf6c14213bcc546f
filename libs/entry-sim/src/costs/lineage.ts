/**
 * How far a core is from Haswell, the only one whose exception costs were published. The accuracy is what a prediction
 * for such a core can be expected to reach (facts/crossing-costs.json, 'realisticAccuracy'); Atom's line is ours: it
 * shares no core with Haswell, so it stands where AMD's does.
 */
export const lineages = {
  haswell: { name: 'Haswell', accuracy: 0.1 },
  nearHaswell: { name: 'Sandy Bridge to Cascade Lake', accuracy: 0.25 },
  laterIntel: { name: 'Ice Lake and later', accuracy: 0.35 },
  atom: { name: "Intel's efficiency cores", accuracy: 0.5 },
  amd: { name: 'AMD', accuracy: 0.5 },
} as const;
export type Lineage = keyof typeof lineages;

/** Accuracy of what page-table isolation adds (the same source). */
export const kptiDeltaAccuracy = 0.3;
