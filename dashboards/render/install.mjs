// npm run boards:install: Grafana's own front-end code (Apache-2.0 packages only) into the cache outside the tree, for the check of the
// boards and their pictures. Never part of the main install: 418 MB. npm checks it against the lock file's hashes.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('modules', import.meta.url));
const folder = path.join(process.env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache'), 'xperf-fleet/grafana');
const lock = 'package-lock.json';
/** Copied last, so that it stands there only when all of it does. */
const stamp = path.join(folder, 'installed-lock.json');

const wanted = readFileSync(path.join(here, lock), 'utf8');
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  mkdirSync(folder, { recursive: true });
  rmSync(stamp, { force: true });
  for (const file of ['package.json', lock]) copyFileSync(path.join(here, file), path.join(folder, file));
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--legacy-peer-deps', '--loglevel=error'], {
    cwd: folder,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
  copyFileSync(path.join(here, lock), stamp);
}
process.stdout.write(`Grafana's code for the check of the boards stands in ${folder}\n`);
