import type { RetriedStream, SetAsideStream } from '#contracts';
import { type Look, plainLook } from './columns.js';
import { time } from './format.js';
import { type Listing, tableText } from './listing.js';

export const setAsideListing = (rows: readonly SetAsideStream[]): Listing<SetAsideStream> => ({
  columns: [
    { head: 'stream', of: ({ stream }) => stream },
    { head: 'at ', of: ({ version }) => String(version), raw: ({ version }) => version },
    { head: 'event', of: ({ type }) => type },
    { head: 'by release', of: ({ release }) => release },
    { head: 'since', of: ({ since }) => time(since), raw: ({ since }) => since },
    { head: 'reason', of: ({ reason }) => reason },
  ],
  rows,
  name: ({ stream }) => stream,
});

export function setAsideText(streams: readonly SetAsideStream[], look: Look = plainLook): string {
  return streams.length === 0 ? 'no stream is set aside' : tableText(setAsideListing(streams), look);
}

export function retriedText({ stream, setAside }: RetriedStream): string {
  if (setAside === null) return `${stream} was taken in`;
  return `${stream} is set aside again at event ${setAside.version} (${setAside.type}): ${setAside.reason}`;
}
