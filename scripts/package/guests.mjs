// The kernels with the hook that npm run kernel:build left in the cache, with their guest, for hosts that serve executor vm: no compiler
// and no build there. They boot in QEMU only: no disk, no modules (kernel/build/config.mjs).
import fs from 'node:fs';
import path from 'node:path';
import { guestPaths, seriesPaths } from '../../kernel/build/cache.mjs';
import { kernelSeriesNames } from '../../kernel/series/kernel-series.mjs';
import { inRoot } from '../setup/project.mjs';
import { debianPackage, hasDpkg, write } from './files.mjs';

const name = 'xperf-fleet-guests';
/** Where the worker's unit looks (WORKER_KERNEL_DIR). */
const guestsFolder = `/usr/lib/${name}`;

/**
 * @param {import('./files.mjs').Manifest} of
 * @param {string} out
 */
export function packageGuests({ version }, out) {
  if (!hasDpkg()) throw new Error('the package of the guests takes dpkg-deb: apt-get install dpkg');
  const guest = guestPaths();
  const built = kernelSeriesNames.filter((series) => fs.existsSync(seriesPaths(series).image('hook').stamp));
  if (built.length === 0 || !fs.existsSync(guest.stamp)) {
    throw new Error(
      `there is no kernel in ${path.dirname(guest.folder)}; npm run kernel:build -- --series 6.12 makes one`,
    );
  }
  const folder = path.join(out, 'guests-deb');
  const cache = path.join(folder, guestsFolder);
  /** @param {string} file @param {string[]} place */
  const copy = (file, ...place) => write(path.join(cache, ...place), fs.readFileSync(file));
  for (const series of built) {
    const image = seriesPaths(series).image('hook');
    for (const file of [image.bzImage, image.config, image.stamp]) {
      copy(file, series, 'images', 'hook', path.basename(file));
    }
  }
  // The GPL's sources: ours; the others are Debian's, which each stamp names.
  for (const part of ['hook', 'patches', 'xperf', 'follow', 'vm']) {
    fs.cpSync(inRoot('kernel', part), path.join(cache, 'sources', part), { recursive: true });
  }
  for (const file of [guest.initramfs, guest.stamp]) copy(file, 'guest', path.basename(file));
  write(
    path.join(folder, 'usr', 'share', 'doc', name, 'copyright'),
    `Linux with our hook, built from Debian's sources that each stamp.json names, and our programs in the guest, whose sources are in
${guestsFolder}/sources: GPL, version 2.\n\n${fs.readFileSync(inRoot('kernel', 'LICENSE'), 'utf8')}`,
  );
  const file = debianPackage(folder, out, {
    ...{ name, version, architecture: 'amd64', compression: ['-Zgzip'] },
    fields: {
      Recommends: 'qemu-system-x86',
      Description: `patched guest kernels of xperf-fleet: ${built.join(', ')}\n For executor vm of xperf-fleet-worker. They boot in QEMU, not on a machine.`,
    },
  });
  fs.rmSync(folder, { recursive: true });
  return [file];
}
