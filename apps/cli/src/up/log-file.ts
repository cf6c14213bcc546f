import { copyFile, open, stat, truncate } from 'node:fs/promises';
import * as z from 'zod';

/** A log that has grown beyond this is put aside; one older log is kept, so a process has about twice this. */
const rotateAtBytes = 10_000_000;
/** How far from the end the last lines are looked for. */
const tailBytes = 64_000;

/**
 * Puts a large log aside as `<file>.1` and empties it. A process may be writing it: opened for appending, it goes on in
 * the emptied file. What it writes between copy and emptying, well under a millisecond after, is lost.
 */
export async function rotate(file: string, limitBytes = rotateAtBytes): Promise<void> {
  const size = await stat(file).then(
    (entry) => entry.size,
    () => 0, // none yet
  );
  if (size <= limitBytes) return;
  await copyFile(file, `${file}.1`);
  await truncate(file);
}

const pinoLineSchema = z.object({
  level: z.number(),
  msg: z.string().optional(),
  err: z.object({ message: z.string() }).optional(),
  error: z.union([z.string(), z.object({ message: z.string() })]).optional(),
});
const levelNames: Record<number, string> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

/** A log line for people: level, message and error of pino's JSON; other lines as they are. */
export function wordsOf(line: string): string {
  if (!line.startsWith('{')) return line;
  try {
    const parsed = pinoLineSchema.safeParse(JSON.parse(line));
    if (!parsed.success) return line;
    const { level, msg, err, error } = parsed.data;
    const cause = err?.message ?? (typeof error === 'string' ? error : error?.message);
    return [levelNames[level] ?? String(level), msg, cause].filter((part) => part !== undefined).join(': ');
  } catch (failure) {
    if (failure instanceof SyntaxError) return line; // cut off by a crash
    throw failure;
  }
}

/** The last lines of a log, in words. Only what was written from `fromByte` on counts. */
export async function lastLines(file: string, lines: number, fromByte = 0): Promise<string[]> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    // Emptied since, all that stands there was written later.
    const from = Math.max(fromByte > size ? 0 : fromByte, size - tailBytes);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.max(0, size - from)), 0, size - from, from);
    const text = buffer.toString('utf8', 0, bytesRead).split('\n');
    return text
      .filter((line) => line.trim() !== '')
      .slice(-lines)
      .map(wordsOf);
  } finally {
    await handle.close();
  }
}
