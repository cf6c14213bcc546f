// Which tests need a program that a machine with only Node.js lacks. jest.config.mjs leaves them out where it is
// missing, and `npm test` says so.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { usualSeries } from '../../kernel/series/kernel-series.mjs';

// As kernel/build/cache.mjs has it; its stamps are written when a build is through.
const cache = path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'xperf-fleet');
const kernelBuilds = path.join(cache, 'kernel');

/** @type {{specs: string, programs: string[], root?: true, files?: string[], remedy: string}[]} `files` in the cache; `specs`: a pattern over paths as Jest sees them */
const needs = [
  {
    specs: '\\.root\\.int\\.spec\\.ts$', // those that act as another user
    programs: [],
    root: true,
    remedy: 'run npm test as root, for example in a container',
  },
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
  {
    specs: 'test/e2e/package\\.e2e\\.spec\\.ts$',
    programs: ['dpkg-deb'],
    remedy: 'apt-get install dpkg',
  },
  {
    specs: 'test/e2e/worker-package\\.e2e\\.spec\\.ts$', // in a root folder of its own
    programs: ['cc', 'dpkg', 'dpkg-deb'],
    root: true,
    remedy: 'apt-get install gcc libc6-dev dpkg, and run npm test as root, for example in a container',
  },
  {
    specs: '\\.tls\\.int\\.spec\\.ts$',
    programs: ['openssl', 'redis-server'],
    remedy: 'apt-get install openssl redis-server',
  },
  {
    specs: '\\.pooler\\.int\\.spec\\.ts$',
    programs: ['pgbouncer'],
    remedy: 'apt-get install pgbouncer',
  },
  {
    specs: '\\.backup\\.int\\.spec\\.ts$',
    programs: ['pg_ctlcluster', 'pg_dump'],
    remedy: 'apt-get install postgresql',
  },
  {
    specs: 'dashboards/render/.*\\.int\\.spec\\.ts$',
    programs: [],
    files: ['grafana/installed-lock.json'],
    remedy: 'npm run boards:install',
  },
  {
    specs: 'dashboards/render/pictures/.*\\.int\\.spec\\.ts$',
    programs: ['chromium'],
    remedy: 'apt-get install chromium',
  },
];

/** @param {string} series */
const imagesOf = (series) => [`${series}/images/hook/stamp.json`, 'guest/stamp.json'];

/** What specs in guests (npm run test:guest) need; the first entry is for all of them. */
const guestNeeds = [
  {
    specs: '\\.guest\\.spec\\.ts$',
    programs: ['qemu-system-x86_64', 'setpriv'],
    files: imagesOf(usualSeries),
    remedy: `apt-get install qemu-system-x86 util-linux; npm run kernel:build -- --series ${usualSeries}`,
  },
  {
    specs: 'test/matrix-job\\.guest\\.spec\\.ts$',
    programs: [],
    files: imagesOf('6.1'), // beside the usual one, which all have
    remedy: 'npm run kernel:build -- --series 6.1',
  },
  {
    specs: 'apps/worker/.*patched-host\\.guest\\.spec\\.ts$',
    programs: ['cc', 'bash', 'pgrep'],
    files: [`${usualSeries}/images/stock/stamp.json`],
    remedy: `apt-get install gcc libc6-dev bash procps; npm run kernel:build -- --series ${usualSeries} --variant hook,stock`,
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
    .map(({ specs, programs, root, files = [], remedy }) => {
      const rights = root && process.getuid?.() !== 0 ? ['root’s rights'] : [];
      const absent = files.map((file) => path.join(cache, file)).filter((file) => !fs.existsSync(file));
      return { specs, missing: [...programs.filter((p) => !isOnPath(p)), ...rights, ...absent], remedy };
    })
    .filter(({ missing }) => missing.length > 0);
}

/** The same for specs in guests; when all of them can't run, only that is said. */
export function guestsLeftOut() {
  const out = guestNeeds
    .map(({ specs, programs, files, remedy }) => {
      const absent = files.map((file) => path.join(kernelBuilds, file)).filter((file) => !fs.existsSync(file));
      return { specs, missing: [...programs.filter((p) => !isOnPath(p)), ...absent], remedy };
    })
    .filter(({ missing }) => missing.length > 0);
  const all = out.find(({ specs }) => specs === guestNeeds[0]?.specs);
  return all === undefined ? out : [all];
}

/** @param {{specs: string, missing: string[], remedy: string}} left */
export function leftOutText({ specs, missing, remedy }) {
  return `left out for want of ${missing.join(', ')}: ${specs} → ${remedy}`;
}
