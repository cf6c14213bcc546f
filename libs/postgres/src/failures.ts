import { PostgresError } from './postgres-error.js';

/** Trying again a moment later cures this: processes of a killed postmaster are still ending. */
export const memoryHeld = /pre-existing shared memory block/;

/** Trying again with another port cures this. */
export const portTaken = /could not bind|Address already in use/;

/** PostgreSQL's and the system's words for a failure, and what an operator can do about it. */
const known: readonly { words: RegExp; what: string; remedy: string }[] = [
  {
    words: /No space left on device|Check free disk space|ENOSPC|Disk quota exceeded|EDQUOT/,
    what: 'the disk of {dataDir} is full',
    remedy: 'Make room (about 300 MB for a new cluster), then start again; nothing that was stored is lost',
  },
  {
    words: /Read-only file system|EROFS/,
    what: '{dataDir} is on a read-only file system',
    remedy: 'Mount it writable, or choose another data folder',
  },
  {
    words: /Permission denied|Operation not permitted|EACCES|EPERM/,
    what: '{dataDir} can not be written',
    remedy: 'Give this user write permission on it, or choose another data folder',
  },
  {
    words: /ENOTDIR|Not a directory|EEXIST/,
    what: '{dataDir} is not a folder',
    remedy: 'Move what stands there away, or choose another data folder',
  },
  {
    words: /ENOENT: no such file or directory, mkdir/,
    what: '{dataDir} can not be made',
    remedy: 'Check that its parent folder exists and is not on a read-only file system',
  },
  {
    words: /could not bind|Address already in use/,
    what: 'port {port} of 127.0.0.1 is taken',
    remedy: 'Stop the program that listens there, or choose another port (0 takes a free one)',
  },
  {
    words: /setpriv ENOENT/,
    what: 'the program setpriv is missing, by which PostgreSQL ends with the process that started it',
    remedy: 'Install util-linux (apt install util-linux)',
  },
  {
    words: memoryHeld,
    what: 'processes of a killed PostgreSQL of {dataDir} are still running',
    remedy: 'End them (pgrep -f postgres shows them), then start again',
  },
  {
    words: /could not create shared memory|could not create semaphores|shmget|Cannot allocate memory/,
    what: 'the system gives PostgreSQL of {dataDir} no shared memory',
    remedy: 'Give the machine or container more memory (/dev/shm)',
  },
];

/** An error that names folder or port and the remedy, made from the output of a failed start. */
export function explainFailure(
  what: string,
  output: string,
  place: { dataDir: string; port?: number },
  cause?: unknown,
): PostgresError {
  const found = known.find(({ words }) => words.test(output));
  const lines = output.trim().split('\n').slice(-12).join('\n');
  const fill = (text: string) => text.replace('{dataDir}', place.dataDir).replace('{port}', String(place.port));
  return found === undefined
    ? new PostgresError(`${what}: ${lines}`, `Read the lines above; the data folder is ${place.dataDir}`, { cause })
    : new PostgresError(fill(found.what), fill(found.remedy), { cause: cause ?? new Error(`${what}: ${lines}`) });
}
