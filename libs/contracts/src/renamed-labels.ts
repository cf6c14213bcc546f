/** Derived labels that had another name in earlier releases. What was written then is read as if it were written today. */
const newNames: ReadonlyMap<string, string> = new Map([['series', 'kernel-series']]);

/** The name that a label has today. */
export const currentLabelName = (name: string): string => newNames.get(name) ?? name;

/** Labels under today's names. Where both names stand, today's counts. */
export function currentLabels<T extends Readonly<Record<string, string>>>(labels: T): T {
  const isOld = (name: string): boolean => newNames.has(name);
  if (!Object.keys(labels).some(isOld)) return labels;
  const [old, kept] = [true, false].map((wanted) => Object.entries(labels).filter(([name]) => isOld(name) === wanted));
  return Object.fromEntries([
    ...(old ?? []).map(([name, value]) => [currentLabelName(name), value]),
    ...(kept ?? []),
  ]) as T;
}

/** For whoever wrote the names: which of them are old. */
export function renamedNotes(names: readonly string[]): string[] {
  return [...new Set(names)]
    .filter((name) => newNames.has(name))
    .map((name) => `the label "${name}" is called "${currentLabelName(name)}" now; the old name is still understood`);
}
