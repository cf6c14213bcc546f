import type { EventView } from '#contracts';
import { type Column, type Look, plainLook } from './columns.js';
import { time } from './format.js';
import { type Listing, tableText } from './listing.js';

const columns: readonly Column<EventView>[] = [
  { head: 'happened', of: ({ occurredAt }) => time(occurredAt), raw: ({ occurredAt }) => occurredAt },
  { head: 'event', of: ({ type }) => type },
  { head: 'stream', of: ({ stream }) => stream, cut: true },
  { head: 'version ', of: ({ version }) => String(version), raw: ({ version }) => version, wide: true },
  { head: 'by', of: ({ actor }) => actor, cut: true },
  { head: 'data', of: ({ data }) => JSON.stringify(data), wide: true },
];

export const eventsListing = (rows: readonly EventView[]): Listing<EventView> => ({
  ...{ columns, rows, name: ({ eventId }) => eventId },
});

export function eventsText(events: readonly EventView[], look: Look = plainLook): string {
  return events.length === 0 ? 'no events' : tableText(eventsListing(events), look);
}

/** One of them as it comes, in one line. */
export const eventLine = ({ occurredAt, type, stream, actor }: EventView): string =>
  `${time(occurredAt)}  ${type}  ${stream}  ${actor}`;
