// npm, without install scripts: none of our packages needs one, and some would download.
import process from 'node:process';
import { errorCode } from './error-code.mjs';
import { runNode } from './run-node.mjs';
import { SetupError } from './setup-error.mjs';

const always = ['--ignore-scripts', '--include=optional', '--prefer-offline'];
const quiet = ['--no-audit', '--no-fund', '--no-progress', '--no-update-notifier', '--loglevel=error'];

/** @type {[pattern: RegExp, remedy: string][]} */
const causes = [
  [
    /EAI_AGAIN|ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network|ENOTCACHED/i,
    'npm can’t reach its registry: check the network, the proxy (npm config get proxy) and npm config get registry',
  ],
  [/ENOSPC|EDQUOT/, 'the disk is full: about 500 MB is needed for node_modules and the npm cache'],
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

/**
 * @param {string[]} args for example `['ci', '--omit=dev']`
 * @throws {SetupError} with the remedy
 */
export async function runNpm(args) {
  const npm = process.env.npm_execpath; // npm's own JavaScript when npm started us
  const isScript = npm !== undefined && /npm-cli\.[cm]?js$/.test(npm);
  let result;
  try {
    const all = [...(isScript ? [npm] : []), ...args, ...always, ...quiet];
    result = await runNode(all, isScript ? {} : { command: 'npm' });
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    throw new SetupError('npm is not on the PATH', 'install npm 10 or later beside Node.js');
  }
  if (result.code !== 0) {
    throw new SetupError(`npm ${args.join(' ')} failed:\n${result.output.trim()}`, remedyFor(result.output));
  }
}
