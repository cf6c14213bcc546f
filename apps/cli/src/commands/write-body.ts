import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Reply } from '#connect';
import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';

/** Copies a reply's bytes; a reader that goes away early (`| head`) ends it quietly. */
export async function writeBody(reply: Reply, to: NodeJS.WritableStream): Promise<void> {
  await copy(reply.body, to);
}

export async function copy(from: Readable, to: NodeJS.WritableStream): Promise<void> {
  try {
    await pipeline(from, to, { end: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return;
    if (error instanceof CliError) throw error;
    throw new CliError(
      `the reply broke off: ${(error as Error).message}`,
      'what was written is not complete; try again',
      exitCodes.coordinator,
    );
  }
}
