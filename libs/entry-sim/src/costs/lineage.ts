/**
 * How wide the band of a figure for Haswell is, the only core whose exception costs were published: by the widest miss of the
 * figures for it that nothing here was fitted to (`check` in calibration/simulated-figures.ts), 38 %, in steps of 5 %.
 * calibration/report.spec.ts holds it against them.
 */
const checkedOnHaswell = 0.4;

/** The same of what KPTI adds, whose one check figure is three times what the model gives. */
export const checkedOnKpti = 2;

/**
 * How far a core is believed to be from Haswell: the step by which facts/crossing-costs.json, 'realisticAccuracy', expects
 * less of a prediction for it; Atom's is ours, it stands where AMD's does. No figure was found to check any of them.
 */
const core = (name: string, distance: number) => ({
  ...{ name, distance },
  /** Half-width of the band: Haswell's own error and the distance from it are independent, and add as squares. */
  accuracy: Math.round(Math.hypot(checkedOnHaswell, distance) * 100) / 100,
});

export const lineages = {
  haswell: core('Haswell', 0),
  nearHaswell: core('Sandy Bridge to Cascade Lake', 0.25),
  laterIntel: core('Ice Lake and later', 0.35),
  atom: core("Intel's efficiency cores", 0.5),
  amd: core('AMD', 0.5),
} as const;
export type Lineage = keyof typeof lineages;
