import { constants, inflateSync } from 'node:zlib';
import { magicText } from '#dmesg';

const mostLines = 4;
/** Of a line: one of 64 samples has up to 970 characters, of which the first tell what it is. */
const mostCharacters = 160;
/** Of a log's deflated beginning: some tens of kilobytes of text. */
export const deflatedBytes = 4_096;

const shortened = (line: string): string =>
  line.length > mostCharacters ? `${line.slice(0, mostCharacters - 1)}…` : line;

/**
 * The first lines of a kernel log that are a measurement's, as they were printed; whatever else the machine printed is left out.
 *
 * @param start the first bytes of the deflated log, in which the last line may be cut
 */
export function firstLines(start: Uint8Array): string[] {
  const text = inflateSync(start, { finishFlush: constants.Z_SYNC_FLUSH }).toString('latin1');
  // What is damaged may hold any byte; PostgreSQL takes no zero in a text.
  const lines = text.split('\n').map((line) => line.trimEnd().replaceAll(/[^\x20-\x7e]/g, '?'));
  const whole = start.length < deflatedBytes ? lines : lines.slice(0, -1);
  return whole
    .filter((line) => line.includes(magicText))
    .slice(0, mostLines)
    .map(shortened);
}
