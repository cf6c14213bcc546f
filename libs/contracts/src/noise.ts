import * as z from 'zod';

/**
 * Whether anything on a machine was known to disturb a measurement (libs/noise-control). `quiet` only when everything
 * that was asked about is known to be quiet; what can't be read, as in most VMs and containers, makes it `unknown`.
 */
export const noiseVerdictSchema = z.enum(['quiet', 'noisy', 'unknown']);
export type NoiseVerdict = z.infer<typeof noiseVerdictSchema>;

const words = z.array(z.string().min(1).max(200)).max(32);

export const noiseSchema = z.object({
  verdict: noiseVerdictSchema,
  /** What disturbs, for example `governor powersave`. Without counts: equal conditions give equal words. */
  reasons: words,
  /** Names of what could not be read. */
  unknown: words,
  /** What noise control tried to set without success and why, for example `irqs: EIO`. */
  notSet: words,
});
export type Noise = z.infer<typeof noiseSchema>;

const separator = '; ';
const lists = { noiseReasons: 'reasons', noiseUnknown: 'unknown', noiseNotSet: 'notSet' } as const;

/**
 * A machine's noise as extra facts of a boot state, and so a part of its identity: a host in another condition begins
 * another segment. Empty lists leave no trace.
 */
export function noiseFacts(noise: Noise): Record<string, string> {
  const filled = Object.entries(lists).flatMap(([fact, list]) =>
    noise[list].length === 0 ? [] : [[fact, [...noise[list]].sort().join(separator)]],
  );
  return { noise: noise.verdict, ...(Object.fromEntries(filled) as Record<string, string>) };
}

/** What `noiseFacts` wrote; null when a boot state's extra facts say nothing of noise (simulated, emulated, older runs). */
export function noiseOf(extra: Readonly<Record<string, string>>): Noise | null {
  const verdict = noiseVerdictSchema.safeParse(extra['noise']);
  if (!verdict.success) return null;
  const list = (fact: keyof typeof lists): string[] => extra[fact]?.split(separator) ?? [];
  return {
    verdict: verdict.data,
    reasons: list('noiseReasons'),
    unknown: list('noiseUnknown'),
    notSet: list('noiseNotSet'),
  };
}
