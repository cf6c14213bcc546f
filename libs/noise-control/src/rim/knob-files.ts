import { closeSync, constants, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from '../knobs/noise-texts.js';

/** Code of a failed system call, for example `EACCES`. */
export const errnoOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);

/**
 * The files under /proc and /sys, by their path below the root. Synchronous on purpose: a machine can then be put back
 * from a process's `exit` event too, and each call takes microseconds (a CPU going offline some tens of milliseconds).
 */
export interface KnobFiles {
  read: (file: string) => Readable;
  /** Names in a folder; empty when it can't be read. */
  list: (folder: string) => string[];
  /** @throws the system's error */
  write: (file: string, text: string) => void;
}

/** @param root `/` but in tests */
export function filesBelow(root: string): KnobFiles {
  return {
    read: (file) => {
      try {
        return { text: readFileSync(join(root, file), 'utf8') };
      } catch (error) {
        return { error: errnoOf(error) };
      }
    },
    list: (folder) => {
      try {
        return readdirSync(join(root, folder));
      } catch (error) {
        // Why it can't be read is given for each file that is missed in it.
        if (errnoOf(error).startsWith('E')) return [];
        throw error;
      }
    },
    write: (file, text) => {
      // Never creates: what is not there can't be set.
      const descriptor = openSync(join(root, file), constants.O_WRONLY | constants.O_TRUNC);
      try {
        writeSync(descriptor, text);
      } finally {
        closeSync(descriptor);
      }
    },
  };
}
