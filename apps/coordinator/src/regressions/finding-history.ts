import type { FindingDetail, FindingEvent, RecordedEvent } from '#contracts';
import { change, changedHow, changedWhen, counted, hostsText, intervalText } from '#wording';

type Recorded = FindingEvent & Pick<RecordedEvent, 'meta'>;
type Figures = Extract<FindingEvent, { type: 'RegressionNotConfirmed' }>['data']['figures'];

function figuresText({ ratio, interval, hosts, controlHosts, runs, reason }: Figures): string {
  const effect =
    ratio === null ? '' : `${change(ratio)}${interval === null ? '' : ` (ratio ${intervalText(interval)})`}, `;
  return `${effect}${counted(runs, 'fresh run')} of ${counted(hosts, 'host')} beside ${counted(controlHosts, 'control host')}: ${reason}`;
}

const noted = (what: string, note: string | null): string => (note === null || note === '' ? what : `${what}: ${note}`);

function textOf(event: Recorded): string {
  switch (event.type) {
    case 'RegressionSuspected': {
      const { movement } = event.data;
      return `a look found it: ${changedHow(movement)}, ${changedWhen(movement)}, ${hostsText(movement.hosts)}`;
    }
    case 'RegressionRevised': {
      const { movement, reason } = event.data;
      return `${reason}: ${changedHow(movement)}, ${changedWhen(movement)}, ${hostsText(movement.hosts)}`;
    }
    case 'ConfirmationHeldUp':
      return event.data.reason;
    case 'ConfirmationAsked': {
      const { try: number, jobId, hosts, controlHosts } = event.data;
      return `try ${number}: job ${jobId} measures ${counted(hosts.length, 'host')} again beside ${counted(controlHosts.length, 'control host')}`;
    }
    case 'RegressionDetected': {
      const { figures } = event.data;
      return figures === null
        ? 'told at once: noise is not confirmed by fresh runs'
        : `confirmed by fresh runs: ${figuresText(figures)}`;
    }
    case 'RegressionNotConfirmed': {
      const { figures, triesLeft } = event.data;
      const left = triesLeft === 0 ? 'it is not tried again' : `it is tried ${counted(triesLeft, 'more time')}`;
      return `not confirmed by fresh runs: ${figuresText(figures)}; ${left}`;
    }
    case 'RegressionAcknowledged':
      return noted('acknowledged', event.data.note);
    case 'RegressionExpected':
      return noted('marked as expected', event.data.note);
    case 'RegressionMuted':
      return noted(`muted until ${event.data.until.slice(0, 16).replace('T', ' ')}`, event.data.note);
    case 'RegressionUnmuted':
      return 'its mute has ended';
    case 'RegressionReopened':
      return noted('reopened', event.data.note);
    case 'RegressionResolved':
      return noted(event.data.byItself ? 'resolved by itself' : 'resolved', event.data.note);
    case 'RegressionWithdrawn':
      return `withdrawn: ${event.data.reason}`;
  }
}

/** An event as a page tells it. */
export function historyOf(event: Recorded): FindingDetail['history'][number] {
  const { occurredAt, actor } = event.meta;
  return { event: event.type, at: occurredAt.toISOString(), by: actor, text: textOf(event) };
}
