import * as z from 'zod';
import { metricsOfProbe, probesWith, type Metric, type Probe } from '../catalogue.js';
import { MomentError, momentOf } from '../moment.js';

const dayMs = 86_400_000;

/** A span looks back at most so far: five years and a day for each leap year. */
const longestDays = 1_830;

/** How questions over time name their span. */
export const spanFields = {
  since: z.string().max(64).default('90d').describe('from then on: 90d, 2026-11-20').meta({ example: '365d' }),
  until: z.string().max(64).optional().describe('before then; now where it is left out'),
};

/** The span in ms since 1970; what is wrong with it is said of the field. */
export function spanOf(
  { since, until }: { since: string; until?: string | undefined },
  context: z.RefinementCtx,
): { sinceMs: number; untilMs: number } {
  const refuse = (path: string, message: string): never => {
    context.addIssue({ code: 'custom', path: [path], message });
    return z.NEVER;
  };
  const when = (path: string, text: string): number => {
    try {
      return momentOf(text, Date.now());
    } catch (error) {
      if (!(error instanceof MomentError)) throw error;
      return refuse(path, error.message);
    }
  };
  const sinceMs = when('since', since);
  const untilMs = until === undefined ? Date.now() : when('until', until);
  if (sinceMs >= untilMs) return refuse('since', `${since} is not before ${until ?? 'now'}; exchange them`);
  if (untilMs - sinceMs > longestDays * dayMs)
    return refuse('since', `a span is ${longestDays} days at most; give a later since or an earlier until`);
  return { sinceMs, untilMs };
}

/** The probe that is meant; what is wrong is said with the choices that there are. */
export function settledProbe(probe: Probe | undefined, metric: Metric, context: z.RefinementCtx): Probe {
  const having = probesWith(metric);
  const [first, ...others] = having;
  if (probe === undefined && first !== undefined && others.length === 0) return first;
  if (probe !== undefined && having.includes(probe)) return probe;
  const message =
    probe === undefined
      ? `${metric} is a metric of ${having.join(' and ')}; name one of them`
      : `probe ${probe} has no metric ${metric}; it has ${metricsOfProbe(probe).join(', ')}`;
  context.addIssue({ code: 'custom', path: [probe === undefined ? 'probe' : 'metric'], message });
  return z.NEVER;
}
