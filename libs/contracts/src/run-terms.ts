/** What of a run itself a selector can name, besides the labels and the boot state that it ran under. */
const names = ['job', 'run', 'executor', 'since', 'until'] as const;
export type RunTermName = (typeof names)[number];

/** Labels that people put on a run afterwards (`xf annotate`): `annotation.ticket=T-1`. */
const annotationPrefix = 'annotation.';

/** Labels of the job that a run is of (`xf label`): `job.team=kernel`. */
const jobLabelPrefix = 'job.';

export const runTermNames: readonly string[] = names;

export const isRunTermName = (name: string): name is RunTermName => runTermNames.includes(name);

const behind = (prefix: string, name: string): string | null =>
  name.startsWith(prefix) && name.length > prefix.length ? name.slice(prefix.length) : null;

/** The label of an annotation that a selector's name reaches; null for any other name. */
export const annotationReached = (name: string): string | null => behind(annotationPrefix, name);

/** The label of a run's job that a selector's name reaches; null for any other name. */
export const jobLabelReached = (name: string): string | null => behind(jobLabelPrefix, name);

/** Whether a name is reserved for what a run is or what was said of it: only selectors of runs have it. */
export const isRunTerm = (name: string): boolean =>
  isRunTermName(name) || name.startsWith(annotationPrefix) || name.startsWith(jobLabelPrefix);
