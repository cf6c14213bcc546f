import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The working tree that these scripts belong to. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Stamps and the setup lock describe the working tree, so they stay in it whatever XF_HOME says. */
export const stampFolder = path.join(root, '.xf', 'stamps');

/** @param {string[]} parts */
export const inRoot = (...parts) => path.join(root, ...parts);
