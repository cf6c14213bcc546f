import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CliError } from '../../cli-error.js';
import { exitCodes } from '../../exit-codes.js';

const chunkBytes = 262_144;

/**
 * Opens a log for reading it more than once: first to find its runs, then to read one. Standard input (`-`) and pipes are
 * put into a temporary file without a name.
 *
 * @throws CliError when the file can't be read, is a directory or a device
 */
export async function withLog(file: string, use: (log: FileHandle) => Promise<void>): Promise<void> {
  if (file === '-') return withSpooled(process.stdin, use);
  const log = await open(file).catch((error: unknown) => unreadable(file, error));
  try {
    const stat = await log.stat();
    if (stat.isDirectory()) throw refused(file, 'is a directory', 'name a file in it');
    if (stat.isCharacterDevice()) throw refused(file, 'is a device, whose log does not end', 'dmesg | xf log read -');
    if (stat.isFile()) await use(log);
    else await withSpooled(chunksOf(log, file, 'a pipe'), use);
  } finally {
    await log.close();
  }
}

async function withSpooled(from: AsyncIterable<Uint8Array>, use: (log: FileHandle) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'xf-log-'));
  const log = await open(path.join(folder, 'log'), 'wx+', 0o600);
  try {
    // Without a name from here on: nothing is left behind, not even by a kill.
    await rm(folder, { recursive: true });
    for await (const chunk of from) await log.appendFile(chunk);
    await use(log);
  } finally {
    await log.close();
  }
}

/** The log's bytes in chunks, each of which is good until the next: those of a file from its start. */
export async function* chunksOf(
  log: FileHandle,
  file: string,
  kind: 'a file' | 'a pipe' = 'a file',
): AsyncGenerator<Uint8Array> {
  const chunk = Buffer.allocUnsafe(chunkBytes);
  for (let at = 0; ;) {
    const position = kind === 'a file' ? at : null;
    const { bytesRead } = await log
      .read(chunk, 0, chunkBytes, position)
      .catch((error: unknown) => unreadable(file, error));
    if (bytesRead === 0) return;
    at += bytesRead;
    yield chunk.subarray(0, bytesRead);
  }
}

function unreadable(file: string, error: unknown): never {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') throw refused(file, 'does not exist', 'check the path; - is standard input');
  if (code === 'EACCES')
    throw refused(file, 'may not be read by you', 'take the log with sudo, or sudo cat it into xf log read -');
  throw refused(file, `can't be read: ${message}`, 'check the path');
}

export function refused(file: string, problem: string, remedy: string): CliError {
  return new CliError(`${file === '-' ? 'standard input' : file} ${problem}`, remedy, exitCodes.usage);
}
