// Which tests need a program that a machine with only Node.js lacks. jest.config.mjs leaves them out where it is
// missing, and `npm test` says so.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';

// As kernel/build/cache.mjs has it; its stamps are written when a build is through.
const kernelBuilds = path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'xperf-fleet/kernel');

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

/** What `npm run test:guest` needs. */
const guestNeeds = {
  programs: ['qemu-system-x86_64', 'setpriv'],
  files: ['6.12/images/hook/stamp.json', 'guest/stamp.json'].map((file) => path.join(kernelBuilds, file)),
  remedy: 'apt-get install qemu-system-x86 util-linux; npm run kernel:build -- --series 6.12',
};

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

/** What the guest's tests lack here, and how to get it; nothing missing when they can run. */
export function guestLacks() {
  const { programs, files, remedy } = guestNeeds;
  return {
    missing: [...programs.filter((p) => !isOnPath(p)), ...files.filter((file) => !fs.existsSync(file))],
    remedy,
  };
}
