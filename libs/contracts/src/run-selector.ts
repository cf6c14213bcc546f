import * as z from 'zod';
import { uuidSchema } from './ids.js';
import { limits } from './limits.js';
import { MomentError, momentOf, momentText } from './moment.js';
import { executorNames } from './executors.js';
import { isRunTerm, isRunTermName } from './run-terms.js';
import { parseSelector, type Selector, SelectorError, termsOf } from './selector.js';

/** A selector of runs, read at some moment. */
export interface RunSelector {
  /** Every term but the times: labels, boot state, `job`, `run`, `executor`, annotations, labels of the job. */
  terms: Selector;
  /** By when the run ended on its host, ms since 1970: from `sinceMs` on, before `untilMs`; null where it is open. */
  sinceMs: number | null;
  untilMs: number | null;
  /** The same as text, its times absolute: it means the same whenever it is read. */
  text: string;
}

type Term = Selector[number];

const isTime = ({ key }: Term): boolean => key === 'since' || key === 'until';

function oneMoment(term: Term, nowMs: number): number {
  const [text, ...others] = term.op === 'in' ? term.values : [];
  if (text === undefined || others.length > 0) {
    throw new SelectorError(`${term.key} takes one time; write ${term.key}=90d or ${term.key}=2026-11-20T18:00Z`);
  }
  try {
    return momentOf(text, nowMs);
  } catch (error) {
    if (error instanceof MomentError) throw new SelectorError(`${term.key}: ${error.message}`);
    throw error;
  }
}

/** @throws SelectorError for a value that its kind of term can't have */
function checkTerm(term: Term): void {
  if (!isRunTermName(term.key) || isTime(term)) return;
  if (!('values' in term)) throw new SelectorError(`every run has a ${term.key}; write ${term.key}=…`);
  const wrong = term.values.find((value) =>
    term.key === 'executor' ? !executorNames.includes(value as never) : !uuidSchema.safeParse(value).success,
  );
  if (wrong === undefined) return;
  const choices = term.key === 'executor' ? `there are ${executorNames.join(', ')}` : `xf ${term.key}s lists them`;
  throw new SelectorError(`${term.key}: "${wrong}" is no ${term.key === 'executor' ? 'executor' : 'UUID'}; ${choices}`);
}

const latest = (moments: readonly number[]): number | null => (moments.length === 0 ? null : Math.max(...moments));
const earliest = (moments: readonly number[]): number | null => (moments.length === 0 ? null : Math.min(...moments));

/**
 * Reads a selector of runs: what `parseSelector` reads, and terms of the run itself: `job=UUID`, `run in (UUID,UUID)`, `executor=vm`,
 * `since=90d`, `until=2026-11-20T18:00Z`, `annotation.ticket=T-1`, `job.team=kernel`. All must hold.
 *
 * @throws SelectorError naming the term that can't be read
 */
export function parseRunSelector(text: string, nowMs: number): RunSelector {
  const all = parseSelector(text);
  const terms = all.filter((term) => !isTime(term));
  terms.forEach(checkTerm);
  const moments = (key: string) => all.filter((term) => term.key === key).map((term) => oneMoment(term, nowMs));
  const [sinceMs, untilMs] = [latest(moments('since')), earliest(moments('until'))];
  if (sinceMs !== null && untilMs !== null && sinceMs >= untilMs) {
    throw new SelectorError(
      `since ${momentText(sinceMs)} is not before until ${momentText(untilMs)}, so that no run can match; exchange them`,
    );
  }
  const kept = text.trim() === '*' ? [] : termsOf(text).filter((term) => !/^\s*(since|until)\s*[=!\s]/.test(term));
  const texts = [
    ...kept.map((term) => term.trim()),
    ...(sinceMs === null ? [] : [`since=${momentText(sinceMs)}`]),
    ...(untilMs === null ? [] : [`until=${momentText(untilMs)}`]),
  ];
  return { terms, sinceMs, untilMs, text: texts.join(',') || '*' };
}

/** Both selectors in one: what matches each of them. */
export function bothSelectors(a: string, b: string): string {
  const parts = [a, b].map((text) => text.trim()).filter((text) => text !== '*' && text !== '');
  return parts.join(',') || '*';
}

/** The terms of labels and boot state alone, as hosts have them. */
export const subjectTerms = (terms: Selector): Selector => terms.filter(({ key }) => !isRunTerm(key));

/** A selector of runs as text, refused in the parser's own words when it can't be read. */
export const runSelectorSchema = z
  .string()
  .max(limits.runSelectorLength)
  .superRefine((text, context) => {
    try {
      parseRunSelector(text, Date.now());
    } catch (error) {
      if (!(error instanceof SelectorError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
    }
  })
  .describe(
    'terms over labels, boot-state fields and the run itself, joined by commas, all of which must hold: generation=Zen4,kernel in (6.1.0,6.12.0),virt!=vm,!boot-options,job=…,run in (…),executor=vm,since=90d,until=2026-11-20,annotation.ticket=T-1,job.team=kernel; * for every run',
  );
