export interface LockHolder {
  pid: number;
  /** Field 22 of /proc/<pid>/stat; null where there is no /proc. */
  startedAt: string | null;
  /** ISO time at which the lock was taken. */
  since: string;
}

export type Lock =
  | {
      taken: true;
      release(): void;
    }
  | { taken: false; holder: LockHolder };

/**
 * Takes the lock file or says who holds it. A lock whose holder is dead is taken over.
 *
 * @throws the file system's error when the folder can't be written.
 */
export function takeLock(file: string): Lock;
