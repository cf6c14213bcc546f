import type { EventData, Failure, Probe, Reading, RunEvent } from '#contracts';

/** What a log was found to have lost, as events tell it. */
export type Gap = NonNullable<EventData<'RunRederived'>['gaps']>[number];

/** The attempt that ended a run, as its stream tells it now. */
export interface EndedAttempt {
  attempt: number;
  probe: Probe;
  nonce: string;
  faults: number;
  /** Why it failed; null when it completed. */
  failure: Failure | null;
  /** Bytes of its log that were captured. */
  capturedBytes: number;
  /** Its counts by the newest reading. */
  counts: Omit<Reading, 'samples' | 'repeated' | 'medians'>;
  gaps: Gap[];
  /** Where its samples stand: see `SamplesPlace`. */
  samplesVersion: number | null;
}

const nothingCounted = { lost: 0, rejected: 0, damagedLines: 0, overheadCycles: null };

type Folded = EndedAttempt & { ended: boolean };

function started(folded: Folded, { attempt, nonce }: EventData<'RunStarted'>): Folded {
  return { ...folded, attempt, nonce, capturedBytes: 0, gaps: [] };
}

function completed(folded: Folded, data: EventData<'RunCompleted'>): Folded {
  const { parserVersion, lost, rejected, damagedLines, overheadCycles } = data;
  return { ...folded, ended: true, counts: { parserVersion, lost, rejected, damagedLines, overheadCycles } };
}

function rederived(folded: Folded, { after, batches, gaps }: EventData<'RunRederived'>): Folded {
  const { parserVersion, lost, rejected, damagedLines, overheadCycles } = after;
  return {
    ...folded,
    failure: null,
    counts: { parserVersion, lost, rejected, damagedLines, overheadCycles },
    gaps: gaps ?? folded.gaps,
    samplesVersion: batches > 0 ? parserVersion : folded.samplesVersion,
  };
}

function folded(state: Folded, event: RunEvent): Folded {
  switch (event.type) {
    case 'RunQueued':
      return { ...state, probe: event.data.probe, faults: event.data.faults };
    case 'RunStarted':
      return started(state, event.data);
    case 'CrossingSamplesRecorded':
      return { ...state, capturedBytes: Math.max(state.capturedBytes, event.data.rawTo) };
    case 'KernelLogGapObserved': {
      const { runId: _runId, attempt: _attempt, ...gap } = event.data;
      return { ...state, gaps: [...state.gaps, gap] };
    }
    case 'RunCompleted':
      return completed(state, event.data);
    case 'RunFailed': {
      const { failure, parserVersion } = event.data;
      return { ...state, ended: true, failure, counts: { ...nothingCounted, parserVersion } };
    }
    case 'RunRederived':
      return rederived(state, event.data);
    case 'RunAbandoned':
      return state;
  }
}

/** The attempt that completed or failed the run; null while there is none. */
export function endedAttempt(events: readonly RunEvent[]): EndedAttempt | null {
  const none: Folded = {
    ...{
      attempt: 0,
      probe: 'pf',
      nonce: '',
      faults: 0,
      failure: null,
      capturedBytes: 0,
      gaps: [],
      samplesVersion: null,
    },
    ...{ counts: { ...nothingCounted, parserVersion: 1 }, ended: false },
  };
  const { ended, ...attempt } = events.reduce(folded, none);
  return ended ? attempt : null;
}
