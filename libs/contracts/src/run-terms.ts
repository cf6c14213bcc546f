/** What of a run itself a selector can name, besides the labels and the boot state that it ran under. */
const names = ['job', 'run', 'executor', 'since', 'until'] as const;
export type RunTermName = (typeof names)[number];

/** Labels that people put on a run afterwards (`xf annotate`): `annotation.ticket=T-1`. */
const annotationPrefix = 'annotation.';

export const runTermNames: readonly string[] = names;

export const isRunTermName = (name: string): name is RunTermName => runTermNames.includes(name);

/** The label of an annotation that a selector's name reaches; null for any other name. */
export function annotationReached(name: string): string | null {
  return name.startsWith(annotationPrefix) && name.length > annotationPrefix.length
    ? name.slice(annotationPrefix.length)
    : null;
}

/** Whether a name is reserved for what a run is or what was said of it: only selectors of runs have it. */
export const isRunTerm = (name: string): boolean => isRunTermName(name) || name.startsWith(annotationPrefix);
