import { type EventOf, isEventOf, type Labels, limits } from '#contracts';
import type { Decider } from './decider.js';
import { FieldRefused } from './refused.js';

/** What people have said of a run. */
export interface Annotations {
  notes: readonly string[];
  labels: Labels;
}

/** Saying again what stands there changes nothing. */
export interface AnnotationCommand {
  type: 'annotate';
  runId: string;
  note?: string | undefined;
  labels?: Labels | undefined;
}

type AnnotationEvent = EventOf<'annotation'>;

/** So that a run can still be shown whole: 200 kB of notes. */
const notesPerRun = 100;

function evolve({ notes, labels }: Annotations, { data }: AnnotationEvent): Annotations {
  return { notes: data.note === undefined ? notes : [...notes, data.note], labels: { ...labels, ...data.labels } };
}

/** @throws FieldRefused when the run would have more notes or labels than there is room for. */
function decide({ runId, note, labels = {} }: AnnotationCommand, before: Annotations): AnnotationEvent[] {
  const changed = Object.entries(labels).filter(([name, value]) => before.labels[name] !== value);
  const isNew = note !== undefined && !before.notes.includes(note);
  if (changed.length === 0 && !isNew) return [];
  const data = {
    runId,
    ...(isNew ? { note } : {}),
    ...(changed.length > 0 ? { labels: Object.fromEntries(changed) } : {}),
  };
  const event: AnnotationEvent = { type: 'RunAnnotated', data };
  const after = evolve(before, event);
  if (after.notes.length > notesPerRun) {
    throw new FieldRefused(
      'note',
      `run ${runId} has ${notesPerRun} notes already`,
      'start a document and note its place',
    );
  }
  if (Object.keys(after.labels).length > limits.labelsPerHost) {
    const message = `run ${runId} would have more than ${limits.labelsPerHost} labels`;
    throw new FieldRefused('labels', message, 'give labels that are there already another value');
  }
  return [event];
}

export const annotationDecider: Decider<Annotations, AnnotationCommand, AnnotationEvent> = {
  stream: (runId) => `annotation-${runId}`,
  initial: { notes: [], labels: {} },
  owns: (event) => isEventOf('annotation', event),
  evolve,
  decide,
};
