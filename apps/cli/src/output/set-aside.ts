import type { RetriedStream, SetAsideStream } from '#contracts';
import { table, time } from './format.js';

export function setAsideText(streams: readonly SetAsideStream[]): string {
  if (streams.length === 0) return 'no stream is set aside';
  return table(
    ['stream', 'at ', 'event', 'by release', 'since', 'reason'],
    streams.map(({ stream, version, type, release, since, reason }) => [
      stream,
      String(version),
      type,
      release,
      time(since),
      reason,
    ]),
  );
}

export function retriedText({ stream, setAside }: RetriedStream): string {
  if (setAside === null) return `${stream} was taken in`;
  return `${stream} is set aside again at event ${setAside.version} (${setAside.type}): ${setAside.reason}`;
}
