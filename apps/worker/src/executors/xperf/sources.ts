import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { ExecutionError } from '../executor.js';

/** A compiled program of ours. */
export interface CompiledProgram {
  path: string;
  sourceHash: string;
  compiler: string;
}

export interface Sources {
  folder: string;
  /** The .c files, sorted. */
  units: string[];
  /** SHA-256 (lower hex) over names and contents of all .c and .h files. */
  hash: string;
}

/** What stands beside a program that was compiled when the worker's package was made (scripts/package/programs.mjs). */
const prebuiltSchema = z.strictObject({ file: z.string(), sourceHash: z.string(), compiler: z.string() });
const prebuiltName = 'prebuilt.json';

/** The program that this worker's package brought along; null in the tree, where it is compiled on first use. */
export async function prebuilt(folder: string): Promise<CompiledProgram | null> {
  const file = join(folder, prebuiltName);
  if (!existsSync(file)) return null;
  const { file: name, ...program } = prebuiltSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  return { path: join(folder, name), ...program };
}

/**
 * A program's folder below kernel/ of the tree or package that this file belongs to, whether it runs from apps/, dist/apps/ or a
 * bundle.
 */
export function programFolder(name: 'xperf' | 'follow', from = dirname(fileURLToPath(import.meta.url))): string | null {
  const folder = join(from, 'kernel', name);
  if (['main.c', prebuiltName].some((name) => existsSync(join(folder, name)))) return folder;
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
