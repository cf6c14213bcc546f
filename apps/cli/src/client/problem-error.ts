import { type Problem, problemSchema } from '#contracts';
import { CliError } from '../cli-error.js';
import { type ExitCode, exitCodes } from '../exit-codes.js';
import { legibleValue } from '../output/legible.js';

function exitCodeOf(status: number): ExitCode {
  return status >= 500 ? exitCodes.coordinator : exitCodes.refused;
}

/**
 * A problem in words: what it is, and each wrong part by itself.
 *
 * @param nameOf what the user calls a field of the request; itself unless given
 */
export function problemWords(
  { title, status, detail, errors = [] }: Problem,
  nameOf: (field: string) => string = (field) => field,
): string {
  const said = errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
  // The remedy has a line of its own.
  const parts = errors.map(({ field, message, remedy }) => `  ${nameOf(field)}: ${message.replace(`; ${remedy}`, '')}`);
  return [`${title} (${status})${detail === said ? '' : `: ${detail}`}`, ...parts].join('\n');
}

function remedies(problem: Problem): string {
  const all = [problem.remedy, ...(problem.errors ?? []).map(({ remedy }) => remedy)];
  return [...new Set(all.filter((remedy) => remedy !== undefined && remedy !== ''))].join('; ');
}

/**
 * Whether the coordinator does not know what this xf asks for: routes and names are of xf's own making, so that a coordinator without them
 * is of another release.
 */
const isOfAnotherRelease = ({ type, errors = [] }: Problem): boolean =>
  type.endsWith('unknown-route') || errors.some(({ message }) => message.startsWith('there is no such name here'));

const remedyOf = (problem: Problem): string =>
  isOfAnotherRelease(problem)
    ? 'the coordinator is of another release than this xf, perhaps an earlier one; run the same release of both'
    : remedies(problem) || 'see the coordinator’s log';

/** A refusal or failure reply as an error: RFC 9457 in full, anything else by its status. */
export function errorFromReply(status: number, contentType: string | null, body: string): CliError {
  if (contentType?.includes('json')) {
    const parsed = problemSchema.safeParse(parseJson(body));
    if (parsed.success) {
      const problem = parsed.data;
      return new CliError(
        problemWords(legibleValue(problem)),
        remedyOf(legibleValue(problem)),
        exitCodeOf(status),
        problem,
      );
    }
  }
  return new CliError(
    `the server answered ${status} without a problem document`,
    'check that the URL is a coordinator’s; a proxy in between may have answered',
    exitCodeOf(status),
  );
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
