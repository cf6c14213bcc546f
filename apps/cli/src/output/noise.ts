import type { Noise } from '#contracts';

/** A job of many hosts must not end in a wall; each run tells its own. */
const listed = 5;

/** Why a run's machine was not quiet, in one line; empty for a quiet one. */
export function noiseText({ verdict, reasons, unknown, notSet }: Noise): string {
  if (verdict === 'quiet') return '';
  const why = verdict === 'noisy' ? reasons : unknown.map((knob) => `${knob} can't be read`);
  const vain = notSet.length === 0 ? '' : `; could not be set: ${notSet.join(', ')}`;
  return `${why.join('; ')}${vain}`;
}

/** A line for each host whose runs were on a machine that was noisy, or about which that is not known. */
export function noiseLines(rows: readonly { hostId: string; noise: Noise | null }[]): string[] {
  const lines = new Set(
    rows.flatMap(({ hostId, noise }) => {
      if (noise === null || noise.verdict === 'quiet') return [];
      const what = noise.verdict === 'noisy' ? 'noisy machine' : 'it is not known whether its machine was quiet';
      return [`! ${hostId}: ${what}: ${noiseText(noise)} (xf doctor there)`];
    }),
  );
  const more = lines.size - listed;
  return [...lines].slice(0, listed).concat(more > 0 ? [`! and ${more} more that were not quiet`] : []);
}
