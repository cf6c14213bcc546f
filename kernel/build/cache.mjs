// Where builds live: outside the tree.
import { homedir } from 'node:os';
import { join } from 'node:path';

/** @returns {string} $XDG_CACHE_HOME/xperf-fleet/kernel, or the same under ~/.cache */
export function cacheRoot() {
  const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(base, 'xperf-fleet', 'kernel');
}

/**
 * @param {string} series
 * @param {string} [root]
 */
export function seriesPaths(series, root = cacheRoot()) {
  const folder = join(root, series);
  return {
    folder,
    /** Debian's package, when it came from another suite. */
    debian: join(folder, 'debian'),
    source: join(folder, 'source'),
    pristine: join(folder, 'pristine'),
    output: join(folder, 'output'),
    /** A kernel for hosts; `make bindeb-pkg` leaves its packages beside what it compiled. */
    host: { folder: join(folder, 'host'), output: join(folder, 'host', 'output') },
    log: join(folder, 'build.log'),
    lock: join(folder, 'build.lock'),
    /** @param {string} variant */
    image: (variant) => imagePaths(join(folder, 'images', variant)),
  };
}

/** @typedef {ReturnType<typeof seriesPaths>} SeriesPaths */
/** @typedef {ReturnType<typeof imagePaths>} ImagePaths */

/** @param {string} folder */
function imagePaths(folder) {
  return {
    folder,
    bzImage: join(folder, 'bzImage'),
    vmlinux: join(folder, 'vmlinux'),
    config: join(folder, 'config'),
    /** Written last: what the image was made from. Absent: not built. */
    stamp: join(folder, 'stamp.json'),
  };
}

/** @param {string} [root] */
export function guestPaths(root = cacheRoot()) {
  const folder = join(root, 'guest');
  return {
    folder,
    initramfs: join(folder, 'initramfs.cpio'),
    stamp: join(folder, 'stamp.json'),
    /**
     * A program of the guest that is kept outside the archive too.
     *
     * @param {string} name
     */
    program: (name) => join(folder, name),
  };
}
