import type { Request } from 'express';
import { limits } from '#contracts';
import { invalidInput, ProblemError } from '../problems/problem.js';

const contentTypes = ['application/octet-stream', 'text/plain'];

function tooLarge(): ProblemError {
  const most = limits.importBytes.toLocaleString('en-US');
  const remedy =
    'cut the log to the time of the run (journalctl -k --since … --until …), or import its runs part by part';
  return new ProblemError({
    status: 413,
    slug: 'body-too-large',
    title: 'The log is too large',
    detail: `a log may have at most ${most} bytes`,
    remedy,
    errors: [{ field: 'body', message: `is over ${most} bytes`, remedy }],
  });
}

/**
 * The log in a request's body.
 *
 * @throws ProblemError 413 for one that is over `limits.importBytes`, 415 for one that says it is something else, 400 for none
 */
export async function readLog(request: Request): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limits.importBytes) throw tooLarge();
  const type = request.get('content-type');
  if (type !== undefined && request.is(contentTypes) === false) {
    throw new ProblemError({
      status: 415,
      slug: 'unsupported-media-type',
      title: 'The body is no kernel log',
      detail: `the Content-Type "${type}" is not taken here`,
      remedy: `send the log's bytes as they are, with Content-Type: ${contentTypes.join(' or ')}`,
    });
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limits.importBytes) throw tooLarge();
    chunks.push(chunk);
  }
  if (bytes === 0)
    throw invalidInput([
      {
        field: 'body',
        message: 'the log is empty',
        remedy: 'send a kernel log: dmesg, journalctl -k, a serial console',
      },
    ]);
  return Buffer.concat(chunks);
}
