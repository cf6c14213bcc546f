import { statfs } from 'node:fs/promises';
import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';

/** PostgreSQL stops when it can't add one more segment of its write-ahead log: 16 MiB. */
const segmentBytes = 16 * 1024 * 1024;

/**
 * The reason behind a failure when the disk has no room left: then processes die in many ways, and none of their last
 * words is the remedy. Any other failure stays as it is.
 */
export function blameFullDisk(error: unknown, dataDir: string, freeBytes: number): unknown {
  if (freeBytes >= segmentBytes) return error;
  const seen = error instanceof Error ? error.message : String(error);
  return new CliError(
    `the disk of ${dataDir} is full (${Math.floor(freeBytes / 1e6)} MB free): ${seen}`,
    'free about 300 MB or name a folder on another disk with XF_HOME, then start again: nothing that was committed is lost',
    exitCodes.failed,
  );
}

/** Free bytes where the data lie; infinite when that is not known. */
export async function freeBytesOf(dataDir: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(dataDir);
    return bavail * bsize;
  } catch {
    return Infinity; // no such folder: then it is not its disk that failed us
  }
}
