import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, as another user's.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Folders of single guests. Each bears its worker's process id, so that what a killed worker left can be told. */
export class RunFolders {
  constructor(private readonly root: string) {}

  async create(): Promise<{ folder: string; remove: () => Promise<void> }> {
    await mkdir(this.root, { recursive: true, mode: 0o700 });
    const folder = await mkdtemp(join(this.root, `${process.pid}-`));
    return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
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
