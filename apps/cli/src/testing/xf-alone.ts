import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import { exitCodes } from '../exit-codes.js';
import { run } from '../main.js';

/** `xf <words>` without an outside: no coordinator, no data folder. Without its colours, which it has where CI is set. */
export async function xfAlone(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const shown = Promise.all([text(out), text(err)]);
  const outside = { root: '/', dataDir: '/', environment: {}, version: '0.0.0', setupMs: {} };
  const code = await run(words, { ...outside, out, err, exitCode: exitCodes.ok });
  out.end();
  err.end();
  const [first, second] = await shown;
  return { code, out: stripVTControlCharacters(first), err: stripVTControlCharacters(second) };
}
