import { CliError } from './cli-error.js';
import type { Context } from './context.js';
import { exitCodes } from './exit-codes.js';

/** @throws CliError where `xf` is installed by itself: PostgreSQL, coordinator and worker are in the project's tree */
export function needsClone({ packaged = false }: Context, verb: string): void {
  if (!packaged) return;
  throw new CliError(
    `${verb} needs the project’s tree, and this xf is installed by itself`,
    `run it in a clone of xperf-fleet: ./${verb}`,
    exitCodes.usage,
  );
}
