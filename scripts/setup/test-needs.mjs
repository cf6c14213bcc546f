// Which tests need a program that a machine with only Node.js lacks. jest.config.mjs leaves them out where it is
// missing, and `npm test` says so.
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';

/** @type {{specs: string, programs: string[], remedy: string}[]} `specs`: a pattern over paths as Jest sees them */
const needs = [
  {
    specs: 'kernel/xperf/.*\\.e2e\\.spec\\.ts$',
    programs: ['cc', 'objdump'],
    remedy: 'apt-get install gcc libc6-dev binutils',
  },
  {
    specs: 'apps/worker/.*stock-host\\.(e2e|int)\\.spec\\.ts$',
    programs: ['cc'],
    remedy: 'apt-get install gcc libc6-dev',
  },
];

/** @param {string} program */
function isOnPath(program) {
  return (process.env.PATH ?? '').split(path.delimiter).some((folder) => {
    try {
      fs.accessSync(path.join(folder, program), fs.constants.X_OK);
      return folder !== '';
    } catch {
      return false; // not here, or not ours to run: the same for us
    }
  });
}

/** Tests that can't run here: their pattern, what is missing and how to get it. */
export function leftOut() {
  return needs
    .map(({ specs, programs, remedy }) => ({ specs, missing: programs.filter((p) => !isOnPath(p)), remedy }))
    .filter(({ missing }) => missing.length > 0);
}
