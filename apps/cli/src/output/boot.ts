import { bootText } from '#wording';
import type { JobResultRow } from '#contracts';

type Booted = Pick<JobResultRow, 'hostId' | 'bootStateHash' | 'kernel' | 'kpti' | 'cpuModel' | 'bootOptions'>;

/**
 * The boot state of each row in words, with the head of its hash where words don't tell two of one host apart. Null
 * when every host has one boot state, so that it need not be said.
 */
export function bootTexts(rows: readonly Booted[]): string[] | null {
  const hashesOf = (alike: (row: Booted) => boolean) => new Set(rows.filter(alike).map((row) => row.bootStateHash));
  if (rows.every((row) => hashesOf(({ hostId }) => hostId === row.hostId).size === 1)) return null;
  return rows.map((row) => {
    const text = bootText(row);
    const twins = hashesOf((other) => other.hostId === row.hostId && bootText(other) === text);
    return twins.size === 1 ? text : `${text} #${row.bootStateHash.slice(0, 8)}`;
  });
}
