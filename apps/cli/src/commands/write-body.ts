import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { pipeline } from 'node:stream/promises';
import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';

/** A reply's bytes as a stream. */
export function bytesOf(reply: Response): Readable {
  // undici's and lib.dom's ReadableStream are the same thing under two names
  return reply.body === null ? Readable.from([]) : Readable.fromWeb(reply.body as ReadableStream<Uint8Array>);
}

/** Copies a reply's bytes; a reader that goes away early (`| head`) ends it quietly. */
export async function writeBody(reply: Response, to: NodeJS.WritableStream): Promise<void> {
  await copy(bytesOf(reply), to);
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
