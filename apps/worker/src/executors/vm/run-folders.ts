import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ExecutionError } from '../executor.js';

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, as another user's.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** What the system's refusal of a folder means for a run. */
export function folderUnusable(folder: string, { code, message }: NodeJS.ErrnoException): ExecutionError {
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  return new ExecutionError({
    code: 'cache-unusable',
    message: `no folder for a guest's console can be made in ${folder}: ${full ? 'the disk is full' : message}`,
    remedy: full
      ? 'Free space there, or set WORKER_CACHE_DIR to a folder with space on it (a guest needs some KB).'
      : 'Set WORKER_CACHE_DIR to a folder that belongs to the worker’s user, mode 0700, with space on it.',
  });
}

/** Folders of single guests. Each bears its worker's process id, so that what a killed worker left can be recognised. */
export class RunFolders {
  constructor(private readonly root: string) {}

  /** @throws ExecutionError `cache-unusable` */
  async create(): Promise<{ folder: string; remove: () => Promise<void> }> {
    try {
      await mkdir(this.root, { recursive: true, mode: 0o700 });
      const folder = await mkdtemp(join(this.root, `${process.pid}-`));
      return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
    } catch (error) {
      throw folderUnusable(this.root, error as NodeJS.ErrnoException);
    }
  }

  /** Removes the folders of workers that are no more. */
  async sweep(): Promise<void> {
    const names = await readdir(this.root).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const left = names.filter((name) => /^\d+-/.test(name) && !lives(Number.parseInt(name, 10)));
    await Promise.all(left.map((name) => rm(join(this.root, name), { recursive: true, force: true })));
  }
}
