import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { inRoot } from './project.mjs';
import { setUp } from './set-up.mjs';

/**
 * Sets up and goes on as the built `xf` in this very process, so that signals and exit codes are its own.
 *
 * @param {string[]} args
 */
export async function runCli(args) {
  const timings = await setUp();
  const entry = inRoot('dist', 'apps', 'cli', 'src', 'main.js');
  process.argv = [process.execPath, entry, ...args];
  process.env.XF_SETUP_MS = JSON.stringify(timings); // `up` shows where the time went
  await import(pathToFileURL(entry).href);
}
