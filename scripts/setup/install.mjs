// The packages of package-lock.json.
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { errorCode } from './error-code.mjs';
import { inRoot } from './project.mjs';
import { remembered } from './remembered.mjs';
import { runNpm } from './run-npm.mjs';
import { SetupError } from './setup-error.mjs';

/**
 * An entry of `packages` in package-lock.json.
 *
 * @typedef {{ version?: string, dev?: boolean, devOptional?: boolean, optional?: boolean, os?: string[], cpu?: string[], libc?: string[] }} LockedPackage
 */

/**
 * What is set up: `runtime`, what `npm start` builds and runs; `tests`, also what tests and packages take; `development`, also
 * what the type check and lint need.
 *
 * @typedef {'runtime' | 'tests' | 'development'} Extent
 */

/**
 * @param {string} file
 * @returns {Record<string, LockedPackage> | null} null when there is no such file, or no JSON in it
 */
const readPackages = (file) => {
  try {
    const lock = /** @type {{ packages: Record<string, LockedPackage> }} */ (JSON.parse(fs.readFileSync(file, 'utf8')));
    return lock.packages;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
};

/**
 * Whether an optional package is one for this machine (a platform's binaries), so that it must be there.
 *
 * @param {LockedPackage} entry
 */
function isForThisMachine(entry) {
  if (!entry.os && !entry.cpu) return false;
  if (entry.libc) return false; // the twin for the other C library stays away; npm knows which
  /** @param {string[] | undefined} list @param {string} own */
  const fits = (list, own) => !list || list.includes(own);
  return fits(entry.os, process.platform) && fits(entry.cpu, process.arch);
}

/**
 * What package-lock.json asks for and node_modules lacks. npm writes node_modules/.package-lock.json as the last act of
 * an install, so that file tells what is completely there: no stamp of our own is needed.
 *
 * @param {Record<string, LockedPackage>} wanted `packages` of package-lock.json
 * @param {Record<string, LockedPackage> | null} present `packages` of node_modules/.package-lock.json
 * @param {Extent} extent
 * @returns {string[]} paths such as `node_modules/zod`
 */
export function missingPackages(wanted, present, extent) {
  return Object.entries(wanted)
    .filter(([where]) => where !== '')
    .filter(([, entry]) => !entry.optional || isForThisMachine(entry))
    .filter(([, entry]) => extent !== 'runtime' || !(entry.dev || entry.devOptional))
    .filter(([where, entry]) => present?.[where]?.version !== entry.version)
    .map(([where]) => where);
}

/** npm's own list of what it has installed. */
const present = path.join('node_modules', '.package-lock.json');

/** @param {Extent} extent */
function nothingMissing(extent) {
  const wanted = readPackages(inRoot('package-lock.json'));
  if (!wanted) {
    throw new SetupError('package-lock.json is missing or damaged', 'restore it: git checkout -- package-lock.json');
  }
  return missingPackages(wanted, readPackages(inRoot(present)), extent).length === 0;
}

/**
 * The same, without parsing both lists again while neither was written.
 *
 * @param {Extent} extent
 */
function isComplete(extent) {
  const lists = ['package-lock.json', present];
  // That nothing is missing may be remembered; what is missing is found out each time.
  if (!lists.every((file) => fs.existsSync(inRoot(file)))) return nothingMissing(extent);
  const name = extent === 'runtime' ? 'install-runtime' : 'install-all';
  return remembered(name, lists, [process.platform, process.arch], () => String(nothingMissing(extent))) === 'true';
}

/**
 * `npm ci` starts from nothing. To what is complete for `npm start`, `npm install` only adds: a fleet may be running from it.
 *
 * @param {Extent} extent
 */
function npmArguments(extent) {
  if (extent === 'runtime') return ['ci', '--omit=dev'];
  return isComplete('runtime') ? ['install', '--no-save', '--include=dev'] : ['ci', '--include=dev'];
}

/** @param {Extent} extent */
export const installStep = (extent) => ({
  name: 'install',
  describe: extent === 'runtime' ? 'installing the dependencies' : 'installing the dependencies, those for tests too',
  isCurrent: () => isComplete(extent),
  async run() {
    await runNpm(npmArguments(extent));
    if (!nothingMissing(extent)) throw new SetupError('npm left packages out', 'remove node_modules and start again');
  },
});
