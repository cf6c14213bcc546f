import { type EventOf, isEventOf, type Labels, limits } from '#contracts';
import type { Decider } from './decider.js';
import { FieldRefused } from './refused.js';

/** What people have said of a job's labels since it was submitted; null: it has this one no more. */
export type LabelChanges = Readonly<Record<string, string | null>>;

/** Saying again what stands there changes nothing. */
export interface LabelCommand {
  type: 'label';
  jobId: string;
  /** The labels that it was submitted with. */
  submitted: Labels;
  labels: LabelChanges;
}

/** A job's labels as they are now. */
export function jobLabels(submitted: Labels, changes: LabelChanges): Labels {
  const all = Object.entries({ ...submitted, ...changes });
  return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== null));
}

/** @throws FieldRefused when the job would have more labels than there is room for. */
function decide({ jobId, submitted, labels }: LabelCommand, before: LabelChanges): EventOf<'label'>[] {
  const now = jobLabels(submitted, before);
  const changed = Object.entries(labels).filter(([name, value]) => (now[name] ?? null) !== value);
  if (changed.length === 0) return [];
  const after = jobLabels(now, Object.fromEntries(changed));
  if (Object.keys(after).length > limits.labelsPerHost) {
    throw new FieldRefused(
      'labels',
      `job ${jobId} would have more than ${limits.labelsPerHost} labels`,
      'take some away: null as their value',
    );
  }
  return [{ type: 'JobLabelled', data: { jobId, labels: Object.fromEntries(changed) } }];
}

/** In a stream of its own: whatever is said of a job disturbs nothing that it does. */
export const jobLabelsDecider: Decider<LabelChanges, LabelCommand, EventOf<'label'>> = {
  stream: (jobId) => `label-${jobId}`,
  initial: {},
  owns: (event) => isEventOf('label', event),
  evolve: (changes, { data }) => ({ ...changes, ...data.labels }),
  decide,
};
