import { termsOf } from '#contracts';
import type { ApiClient } from './api-client.js';
import { findJobId, findRunId } from './find-id.js';

const equality = /^\s*(job|run)\s*(==|=|!=)\s*(\S+)\s*$/;
const set = /^\s*(job|run)\s+(in|notin)\s*\(([^()]*)\)\s*$/;

/**
 * A selector of runs with the ids of its `job` and `run` terms in full: tables print their endings, and `job=@latest` is typed like that.
 *
 * @throws CliError when one of them is none, or more than one
 */
export async function wholeIds(client: ApiClient, selector: string): Promise<string> {
  if (!/\b(job|run)\b/.test(selector)) return selector;
  const idOf = (kind: string, text: string): Promise<string> =>
    kind === 'job' ? findJobId(client, text) : findRunId(client, text);
  const terms = await Promise.all(
    termsOf(selector).map(async (term) => {
      const [, kind = '', operator = '', text] = equality.exec(term) ?? [];
      if (text !== undefined) return `${kind}${operator}${await idOf(kind, text)}`;
      const [, kinds = '', word = '', texts] = set.exec(term) ?? [];
      if (texts === undefined) return term;
      const ids = await Promise.all(texts.split(',').map((one) => idOf(kinds, one.trim())));
      return `${kinds} ${word} (${ids.join(',')})`;
    }),
  );
  return terms.join(',');
}
