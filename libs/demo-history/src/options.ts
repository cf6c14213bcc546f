/** What a demo history is made of. The same options give the same history, to the byte. */
export interface DemoOptions {
  /** Nights, of which `until` is the last. */
  days: number;
  /** Hosts measured each night; those that leave are replaced by others. */
  hosts: number;
  /** Runs a host and night. */
  runs: number;
  /** Samples a run. */
  samples: number;
  /** Changes every date and every size of the story. */
  seed: number;
  /** Date of the last night, YYYY-MM-DD, UTC. */
  until: string;
}

/** The one whose story docs and demo/story.json tell: the first whose microcode update costs 4.0 % and whose outage lasts five days. */
export const defaultSeed = 1;

export const demoDefaults = { days: 365, hosts: 20, runs: 5, samples: 1_000, seed: defaultSeed } as const;

export const demoLimits = {
  /** Five years. */
  days: 1_830,
  hosts: 2_000,
  runs: 50,
  /** What one event carries (`limits.samplesPerEvent`). */
  samples: 10_000,
  seed: 0xffff_ffff,
  /** In all; by what 36,000 runs of 1,000 samples take (1 GB), 28 GB. */
  allRuns: 1_000_000,
} as const;

const dayMs = 86_400_000;

/** Asked for a demo that can't be made. `flag` is the option of `xf demo` that is wrong. */
export class DemoRefused extends Error {
  constructor(
    readonly flag: string,
    what: string,
    readonly remedy: string,
  ) {
    super(`--${flag} ${what}`);
    this.name = 'DemoRefused';
  }
}

const isDate = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);

/** Yesterday, UTC: the last night that is over wherever the clock stands. */
export function lastNightBefore(now: Date): string {
  return new Date(now.getTime() - dayMs).toISOString().slice(0, 10);
}

/** @throws DemoRefused naming the flag, what is wrong with it, and what it may be. */
export function checkOptions(options: DemoOptions, now: Date): void {
  for (const flag of ['days', 'hosts', 'runs', 'samples'] as const) {
    const value = options[flag];
    if (!Number.isInteger(value) || value < 1)
      throw new DemoRefused(flag, `${value} makes no history`, `give a whole number from 1 to ${demoLimits[flag]}`);
    if (value > demoLimits[flag])
      throw new DemoRefused(flag, `${value} is too many`, `give at most ${demoLimits[flag]}`);
  }
  const { seed, until } = options;
  if (!Number.isInteger(seed) || seed < 0 || seed > demoLimits.seed)
    throw new DemoRefused('seed', `${seed} is no seed`, `give a whole number from 0 to ${demoLimits.seed}`);
  if (!isDate(until)) throw new DemoRefused('until', `${until} is no date`, 'write it as 2026-11-25');
  if (until > lastNightBefore(now))
    throw new DemoRefused('until', `${until} is a night that is not over`, `give ${lastNightBefore(now)} or earlier`);
  if (until < '1980-01-01') throw new DemoRefused('until', `${until} is too long ago`, 'give 1980-01-01 or later');
  const all = options.days * options.hosts * options.runs;
  if (all > demoLimits.allRuns)
    throw new DemoRefused(
      'days',
      `${options.days} with --hosts ${options.hosts} and --runs ${options.runs} makes ${all} runs`,
      `at most ${demoLimits.allRuns} go into one demo: lower one of the three`,
    );
}

/** The hosts that give about so many runs in all with the other options. @throws DemoRefused */
export function hostsForScale(scale: number, { days, runs }: Pick<DemoOptions, 'days' | 'runs'>): number {
  if (!Number.isInteger(scale) || scale < 1)
    throw new DemoRefused('scale', `${scale} makes no history`, `give runs in all, from 1 to ${demoLimits.allRuns}`);
  if (scale > demoLimits.allRuns)
    throw new DemoRefused('scale', `${scale} is too many`, `give at most ${demoLimits.allRuns} runs in all`);
  return Math.max(1, Math.floor(scale / (days * runs)));
}

/** Midnight, UTC, at which a night begins; night 0 is the first. */
export function nightStart({ days, until }: Pick<DemoOptions, 'days' | 'until'>, night: number): Date {
  return new Date(Date.parse(until) + (night - days + 1) * dayMs);
}

export function dateOf(options: Pick<DemoOptions, 'days' | 'until'>, night: number): string {
  return nightStart(options, night).toISOString().slice(0, 10);
}
