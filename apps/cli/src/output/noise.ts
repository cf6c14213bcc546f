import type { Noise, NoiseFloor } from '#contracts';
import { count, floorNotes, noiseNotes } from '#wording';

/** A job of many hosts must not end in a wall; each run says its own. */
const listed = 5;

/** A line for each host whose runs were not on a quiet machine, as far as there is room. */
export function noiseLines(rows: readonly { hostId: string; noise: Noise | null }[]): string[] {
  const notes = noiseNotes(rows);
  const more = notes.length - listed;
  return [...notes.slice(0, listed), ...(more > 0 ? [`and ${count(more)} more that were not quiet`] : [])].map(warning);
}

/** The same of hosts above the noise limit. */
export function floorLines(
  rows: readonly { hostId: string; metric: string; noiseFloor: Pick<NoiseFloor, 'floor' | 'grade'> | null }[],
): string[] {
  return floorNotes(rows).map(warning);
}

const warning = (note: string): string => `! ${note}`;
