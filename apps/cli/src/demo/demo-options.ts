import {
  checkOptions,
  demoDefaults,
  type DemoOptions,
  DemoRefused,
  hostsForScale,
  lastNightBefore,
} from '#demo-history';
import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';

export const sameOptions = (a: DemoOptions, b: DemoOptions): boolean =>
  (Object.keys(a) as (keyof DemoOptions)[]).every((key) => a[key] === b[key]);

/**
 * The options of a demo, what was not given by default: the last night is that of the demo that stands there, where it is
 * otherwise the same one, or else the demo of yesterday would be another one today.
 *
 * @throws CliError naming the flag that is wrong.
 */
export function optionsOf(
  { scale, ...given }: Partial<DemoOptions> & { scale?: number },
  now: Date,
  standing: DemoOptions | null = null,
): DemoOptions {
  try {
    if (scale !== undefined && given.hosts !== undefined)
      throw new DemoRefused('scale', 'makes its own number of hosts', 'give --hosts or --scale, not both');
    const options = { ...demoDefaults, until: lastNightBefore(now), ...given };
    if (scale !== undefined) options.hosts = hostsForScale(scale, options);
    checkOptions(options, now);
    if (given.until !== undefined || standing === null) return options;
    const sameDay = { ...options, until: standing.until };
    return sameOptions(sameDay, standing) ? sameDay : options;
  } catch (error) {
    if (!(error instanceof DemoRefused)) throw error;
    throw new CliError(error.message, error.remedy, exitCodes.usage);
  }
}
