import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ExecutionError } from '../executor.js';

export interface Sources {
  folder: string;
  /** The .c files, sorted. */
  units: string[];
  /** SHA-256 (lower hex) over names and contents of all .c and .h files. */
  hash: string;
}

/** A program's folder below kernel/ of the tree that this file belongs to, whether it runs from apps/ or dist/apps/. */
export function programFolder(name: 'xperf' | 'follow', from = dirname(fileURLToPath(import.meta.url))): string | null {
  const folder = join(from, 'kernel', name);
  if (existsSync(join(folder, 'main.c'))) return folder;
  return dirname(from) === from ? null : programFolder(name, dirname(from));
}

/** kernel/xperf. */
export function xperfFolder(): string | null {
  return programFolder('xperf');
}

/**
 * Lists and hashes the sources of a program.
 *
 * @throws ExecutionError `sources-missing` when they can't be read.
 */
export async function readSources(folder: string | null): Promise<Sources> {
  const names = folder === null ? [] : await readdir(folder).catch(() => []);
  const files = names.filter((name) => /\.[ch]$/.test(name)).sort();
  if (folder === null || !files.includes('main.c')) {
    throw new ExecutionError({
      code: 'sources-missing',
      message: `the C sources of a measuring program are not at ${folder ?? 'kernel/ above the worker'}`,
      remedy: 'Install the worker with the folders kernel/xperf and kernel/follow of the same release beside it.',
    });
  }
  const hash = createHash('sha256');
  for (const name of files) {
    const content = await readFile(join(folder, name));
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  return { folder, units: files.filter((name) => name.endsWith('.c')), hash: hash.digest('hex') };
}
