import type { Noise } from '#contracts';

/** Stands beside a figure that was measured on a noisy machine. */
export const noisyMachine = 'noisy machine';

/** Why a run's machine was not quiet: `governor powersave; turbo on`; empty for a quiet one. */
export function noiseReasons({ verdict, reasons, unknown, notSet }: Noise): string {
  if (verdict === 'quiet') return '';
  const why = verdict === 'noisy' ? reasons : unknown.map((knob) => `${knob} can’t be read`);
  return [...why, ...(notSet.length === 0 ? [] : [`could not be set: ${notSet.join(', ')}`])].join('; ');
}

/** `noisy: governor powersave; turbo on`, or only `quiet`. */
export function noiseText(noise: Noise): string {
  return [noise.verdict, noiseReasons(noise)].filter((part) => part !== '').join(': ');
}

/** A sentence for each host whose runs were on a machine that was noisy, or of which that is not known. */
export function noiseNotes(rows: readonly { hostId: string; noise: Noise | null }[]): string[] {
  const notes = rows.flatMap(({ hostId, noise }) => {
    if (noise === null || noise.verdict === 'quiet') return [];
    const what = noise.verdict === 'noisy' ? noisyMachine : 'unclear whether its machine was quiet';
    return [`${hostId}: ${what}: ${noiseReasons(noise)} (xf doctor there)`];
  });
  return [...new Set(notes)];
}
