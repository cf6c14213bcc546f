import { type Problem, problemSchema } from '#contracts';
import { CliError } from '../cli-error.js';
import { type ExitCode, exitCodes } from '../exit-codes.js';
import { legibleValue } from '../output/legible.js';

function exitCodeOf(status: number): ExitCode {
  return status >= 500 ? exitCodes.coordinator : exitCodes.refused;
}

function words(problem: Problem): string {
  const fields = (problem.errors ?? []).map(({ field, message }) => `  ${field}: ${message}`);
  return [`${problem.title} (${problem.status}): ${problem.detail}`, ...fields].join('\n');
}

function remedies(problem: Problem): string {
  const all = [problem.remedy, ...(problem.errors ?? []).map(({ remedy }) => remedy)];
  return [...new Set(all.filter((remedy) => remedy !== undefined && remedy !== ''))].join('; ');
}

/** A refusal or failure reply as an error: RFC 9457 in full, anything else by its status. */
export function errorFromReply(status: number, contentType: string | null, body: string): CliError {
  if (contentType?.includes('json')) {
    const parsed = problemSchema.safeParse(parseJson(body));
    if (parsed.success) {
      const problem = parsed.data;
      return new CliError(
        words(legibleValue(problem)),
        remedies(legibleValue(problem)) || 'see the coordinator’s log',
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
