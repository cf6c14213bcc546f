import fs from 'node:fs';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { inRoot, root } from './project.mjs';
import { setUp } from './set-up.mjs';

/**
 * Sets up and goes on as the built `xf` in this very process, so that signals and exit codes are its own.
 *
 * @param {string[]} args
 * @param {{ install?: boolean }} [may] as for `setUp`; what is for development only is never asked for
 */
export async function runCli(args, may) {
  // Should nothing be left to wait for before `main` has answered, that is no success.
  process.exitCode = 1;
  const setupMs = await setUp({ ...may, extent: 'runtime' });
  const { version } = /** @type {{ version: string }} */ (JSON.parse(fs.readFileSync(inRoot('package.json'), 'utf8')));
  /** @type {typeof import('../../apps/cli/src/main.ts')} */
  const cli = await import(pathToFileURL(inRoot('dist', 'apps', 'cli', 'src', 'main.js')).href);
  process.exitCode = await cli.main(args, { root, version, setupMs });
}
