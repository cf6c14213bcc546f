import { momentText } from '../moment.js';
import { bothSelectors, parseRunSelector } from '../run-selector.js';
import type { CompareQuery } from './compare-query.js';

/** What was asked, with sides that mean the same whenever they are read. */
type Asked = CompareQuery & { by?: readonly string[] };

const usual = { margin: 0.01, confidence: 0.95 };

/** As parameters of the API and the console, without what is usual anyway. */
function parametersOf(asked: Asked): [name: string, value: string][] {
  const { a, b, probe, metric, control, margin, confidence, pool, allow, by = [] } = asked;
  const lists = Object.entries({ by, pool, allow }).filter(([, names]) => names.length > 0);
  return [
    ...Object.entries({ a, b, probe, metric }),
    ...(control === undefined ? [] : [['control', control] as [string, string]]),
    ...(margin === usual.margin ? [] : [['margin', String(margin)] as [string, string]]),
    ...(confidence === usual.confidence ? [] : [['confidence', String(confidence)] as [string, string]]),
    ...lists.map(([name, names]): [string, string] => [name, names.join(',')]),
  ];
}

/** For a POSIX shell. */
const quoted = (text: string): string => (/^[\w.,:=/+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

/**
 * A command line and a page of the console that ask for exactly this comparison again, without runs that end later.
 *
 * @param untilMs no run of either side ended then or later; null when there is none
 */
export function repeatOf(asked: Asked, untilMs: number | null): { command: string; path: string } {
  const pinned = (text: string): string => {
    if (untilMs === null) return text;
    const { sinceMs } = parseRunSelector(text, untilMs);
    // A window that has not begun has nothing to leave out.
    if (sinceMs !== null && sinceMs >= untilMs) return text;
    return parseRunSelector(bothSelectors(text, `until=${momentText(untilMs)}`), untilMs).text;
  };
  const parameters = parametersOf({ ...asked, a: pinned(asked.a), b: pinned(asked.b) });
  const options = parameters.filter(([name]) => name !== 'a' && name !== 'b');
  const sides = parameters.filter(([name]) => name === 'a' || name === 'b');
  const words = [
    ...sides.map(([, text]) => quoted(text)),
    ...options.map(([name, value]) => `--${name} ${quoted(value)}`),
  ];
  return { command: ['xf compare', ...words].join(' '), path: `/#/compare?${new URLSearchParams(parameters)}` };
}
