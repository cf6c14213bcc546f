// Dependencies by `npm ci`, without their install scripts: none of ours needs one, and some would download.
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { errorCode } from './error-code.mjs';
import { inRoot } from './project.mjs';
import { remembered } from './remembered.mjs';
import { runNode } from './run-node.mjs';
import { SetupError } from './setup-error.mjs';

/**
 * An entry of `packages` in package-lock.json.
 *
 * @typedef {{ version?: string, optional?: boolean, os?: string[], cpu?: string[], libc?: string[] }} LockedPackage
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
 * @returns {string[]} paths such as `node_modules/zod`
 */
export function missingPackages(wanted, present) {
  return Object.entries(wanted)
    .filter(([where, entry]) => where !== '' && (!entry.optional || isForThisMachine(entry)))
    .filter(([where, entry]) => present?.[where]?.version !== entry.version)
    .map(([where]) => where);
}

/** npm's own list of what it has installed. */
const present = path.join('node_modules', '.package-lock.json');

function nothingMissing() {
  const wanted = readPackages(inRoot('package-lock.json'));
  if (!wanted) {
    throw new SetupError('package-lock.json is missing or damaged', 'restore it: git checkout -- package-lock.json');
  }
  return missingPackages(wanted, readPackages(inRoot(present))).length === 0;
}

/** The same, without parsing both lists again while neither was written. */
function isComplete() {
  const lists = ['package-lock.json', present];
  // That nothing is missing may be remembered; what is missing is found out each time.
  if (!lists.every((file) => fs.existsSync(inRoot(file)))) return nothingMissing();
  return remembered('install', lists, [process.platform, process.arch], () => String(nothingMissing())) === 'true';
}

/** @type {[pattern: RegExp, remedy: string][]} */
const causes = [
  [
    /EAI_AGAIN|ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network|ENOTCACHED/i,
    'npm can’t reach its registry: check the network, the proxy (npm config get proxy) and npm config get registry',
  ],
  [/ENOSPC|EDQUOT/, 'the disk is full: about 1 GB is needed for node_modules and the npm cache'],
  [/EACCES|EPERM|EROFS/, 'make the project folder and the npm cache (npm config get cache) writable for this user'],
  [/EUSAGE|in sync/, 'package.json and package-lock.json disagree: run npm install, or git checkout both'],
];

/**
 * The remedy that fits what npm said.
 *
 * @param {string} output
 */
export function remedyFor(output) {
  return causes.find(([pattern]) => pattern.test(output))?.[1] ?? 'solve what npm says above and start again';
}

export const installStep = {
  name: 'install',
  describe: 'installing the dependencies (npm ci)',
  isCurrent: isComplete,
  async run() {
    const npm = process.env.npm_execpath; // npm's own JavaScript when npm started us
    const isScript = npm !== undefined && /npm-cli\.[cm]?js$/.test(npm);
    const flags = ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--prefer-offline'];
    const quiet = ['--no-audit', '--no-fund', '--no-progress', '--no-update-notifier', '--loglevel=error'];
    let result;
    try {
      result = await runNode([...(isScript ? [npm] : []), ...flags, ...quiet], isScript ? {} : { command: 'npm' });
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
      throw new SetupError('npm is not on the PATH', 'install npm 10 or later beside Node.js');
    }
    if (result.code === 0 && nothingMissing()) return;
    if (result.code === 0) throw new SetupError('npm ci left packages out', 'remove node_modules and start again');
    throw new SetupError(`npm ci failed:\n${result.output.trim()}`, remedyFor(result.output));
  },
};
