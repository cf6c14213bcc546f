import type { FindingEvent, FindingView, RecordedEvent } from '#contracts';
import { standingOfFinding } from '#lifecycle';

type Recorded = FindingEvent & Pick<RecordedEvent, 'meta'>;

const nothingSaid = { acknowledged: null, expected: null, muted: null, resolved: null, withdrawn: null };

/** The finding as the API tells it after one more of its events, but for its state. */
function told(view: FindingView | null, event: Recorded): FindingView {
  const at = event.meta.occurredAt.toISOString();
  const by = event.meta.actor;
  if (event.type === 'RegressionSuspected') {
    const { findingId, movement } = event.data;
    const before = { suspectedAt: view?.suspectedAt ?? at, confirmation: view?.confirmation ?? null };
    const after = { confirmedAt: null, changedAt: at, heldUp: null, ...nothingSaid };
    return { findingId, state: 'suspected', ...movement, ...before, ...after };
  }
  if (view === null) throw new Error(`the finding's stream is broken: ${event.type} before RegressionSuspected`);
  const { confirmation } = view;
  switch (event.type) {
    case 'RegressionRevised':
      return { ...view, ...event.data.movement };
    case 'ConfirmationHeldUp':
      return { ...view, heldUp: event.data.reason };
    case 'ConfirmationAsked': {
      const { jobId, try: number, hosts, controlHosts } = event.data;
      const asked = { jobId, try: number, hosts, controlHosts, askedAt: at, figures: null };
      return { ...view, heldUp: null, confirmation: asked };
    }
    case 'RegressionDetected':
    case 'RegressionNotConfirmed': {
      const { figures } = event.data;
      const judged = confirmation === null ? null : { ...confirmation, figures };
      return { ...view, confirmation: judged, confirmedAt: event.type === 'RegressionDetected' ? at : null };
    }
    case 'RegressionAcknowledged':
      return { ...view, acknowledged: { by, at, note: event.data.note } };
    case 'RegressionExpected':
      return { ...view, expected: { by, at, note: event.data.note } };
    case 'RegressionMuted':
      return { ...view, muted: { by, at, note: event.data.note, until: event.data.until } };
    case 'RegressionUnmuted':
      return { ...view, muted: null };
    case 'RegressionReopened':
      return { ...view, ...nothingSaid };
    case 'RegressionResolved':
      return { ...view, resolved: { by, at, note: event.data.note, byItself: event.data.byItself } };
    case 'RegressionWithdrawn':
      return { ...view, heldUp: null, withdrawn: { at, reason: event.data.reason } };
  }
}

/** @throws Error when the event can't follow: the stream is broken. */
export function viewAfter(before: FindingView | null, event: Recorded): FindingView {
  const view = told(before, event);
  const { confirmation, confirmedAt, acknowledged, expected, muted, resolved, withdrawn } = view;
  const state = standingOfFinding({
    confirmed: confirmedAt !== null,
    notConfirmed: (confirmation?.figures ?? null) !== null && confirmedAt === null,
    ...{ acknowledged: acknowledged !== null, expected: expected !== null, muted: muted !== null },
    ...{ resolved: resolved !== null, withdrawn: withdrawn !== null },
  });
  return { ...view, state, changedAt: event.meta.occurredAt.toISOString() };
}
