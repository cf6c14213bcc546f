// One build of a series at a time.
import { mkdir } from 'node:fs/promises';
import { takeLock } from '../../scripts/setup/folder-lock.mjs';
import { EXIT, KernelToolError } from './exits.mjs';

/**
 * @template T
 * @param {import('./cache.mjs').SeriesPaths} paths
 * @param {() => Promise<T>} work
 * @throws {KernelToolError} when another process is building this series
 */
export async function underBuildLock(paths, work) {
  await mkdir(paths.folder, { recursive: true });
  const lock = takeLock(paths.lock);
  if (!lock.taken)
    throw new KernelToolError(EXIT.failed, `process ${lock.holder.pid} is building in ${paths.folder}; wait for it`);
  try {
    return await work();
  } finally {
    lock.release();
  }
}
