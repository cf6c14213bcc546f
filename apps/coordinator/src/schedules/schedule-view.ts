import type { RecordedEvent, ScheduleEvent, ScheduleView } from '#contracts';

/** A schedule as its events tell it: without when it is due next, which the clock tells. */
export type ToldSchedule = Omit<ScheduleView, 'nextAt'>;
type Recorded = ScheduleEvent & Pick<RecordedEvent, 'meta'>;

/** @throws Error when the event can't follow: the stream is broken. */
export function viewAfter(before: ToldSchedule | null, event: Recorded): ToldSchedule {
  const at = event.meta.occurredAt.toISOString();
  const by = event.meta.actor;
  if (event.type === 'ScheduleSet') {
    const { name, spec } = event.data;
    const kept = { paused: before?.paused ?? null, last: before?.last ?? null };
    const state = kept.paused === null ? 'active' : 'paused';
    return { name, state, spec, setBy: by, setAt: at, ...kept };
  }
  if (before === null) throw new Error(`the schedule's stream is broken: ${event.type} before ScheduleSet`);
  switch (event.type) {
    case 'SchedulePaused':
      return { ...before, state: 'paused', paused: { by, at, note: event.data.note } };
    case 'ScheduleResumed':
      return { ...before, state: 'active', paused: null };
    case 'ScheduleRemoved':
      return { ...before, state: 'removed', paused: null };
    case 'ScheduleFired': {
      const { dueAt, jobId, missed } = event.data;
      return { ...before, last: { dueAt, at, jobId, skipped: null, missed } };
    }
    case 'ScheduleSkipped': {
      const { dueAt, reason, missed } = event.data;
      return { ...before, last: { dueAt, at, jobId: null, skipped: reason, missed } };
    }
  }
}

const noted = (what: string, note: string | null): string => (note === null ? what : `${what}: ${note}`);
const afterMissed = (missed: number): string =>
  missed === 0 ? '' : `, after ${missed === 1_000 ? '1,000 or more' : missed} that nobody was there for`;

/** An event in one line. */
export function textOf(event: ScheduleEvent): string {
  switch (event.type) {
    case 'ScheduleSet':
      return `set to "${event.data.spec.cron}" (${event.data.spec.timeZone})`;
    case 'SchedulePaused':
      return noted('paused', event.data.note);
    case 'ScheduleResumed':
      return 'resumed';
    case 'ScheduleRemoved':
      return noted('removed', event.data.note);
    case 'ScheduleFired':
      return `submitted job ${event.data.jobId} for ${event.data.dueAt}${afterMissed(event.data.missed)}`;
    case 'ScheduleSkipped':
      return `skipped ${event.data.dueAt}${afterMissed(event.data.missed)}: ${event.data.reason}`;
  }
}
