import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kernelSeriesSchema, type KernelSeries } from '#contracts';
import { ExecutionError } from '../executor.js';

/** A kernel with the hook and its guest, as `npm run kernel:build` left them. */
export interface KernelImage {
  bzImage: string;
  initramfs: string;
  /** Hash of what each was made from. */
  kernelInput: string;
  guestInput: string;
}

/** The stamp is written last, so a folder without it is a build that did not end. */
async function inputOf(folder: string, series: string): Promise<string> {
  const text = await readFile(join(folder, 'stamp.json'), 'utf8').catch(() => null);
  const input = text === null ? null : /"input":\s*"([0-9a-f]+)"/.exec(text)?.[1];
  if (typeof input === 'string') return input;
  throw new ExecutionError({
    code: 'image-missing',
    message: `there is no built image in ${folder}`,
    remedy: `npm run kernel:build -- --series ${series}, as the worker's user (XDG_CACHE_HOME or HOME the same).`,
  });
}

/**
 * Finds the image of a series.
 *
 * @param root folder of kernel/build/cache.mjs
 * @throws ExecutionError `image-missing`
 */
export async function kernelImage(root: string, series: string): Promise<KernelImage> {
  const kernel = join(root, series, 'images', 'hook');
  const guest = join(root, 'guest');
  return {
    bzImage: join(kernel, 'bzImage'),
    initramfs: join(guest, 'initramfs.cpio'),
    kernelInput: await inputOf(kernel, series),
    guestInput: await inputOf(guest, series),
  };
}

/** The series that there is an image of now. */
export async function bootableSeries(root: string): Promise<KernelSeries[]> {
  const found = kernelSeriesSchema.options.map((series) =>
    kernelImage(root, series).then(
      () => [series],
      (error: unknown) => {
        if (error instanceof ExecutionError) return [];
        throw error;
      },
    ),
  );
  return (await Promise.all(found)).flat();
}
