import type { Problem } from '#contracts';
import type { ExitCode } from './exit-codes.js';

/** A failure that is shown to the person without a stack: what happened and what to do about it. */
export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    message: string,
    readonly remedy: string,
    readonly exitCode: ExitCode,
    /** The coordinator's own words, when it answered. */
    readonly problem?: Problem,
  ) {
    super(message);
  }
}
