// Lets docker-compose itself read docker-compose.yml: it must accept the file with every secret given, and name each
// secret that is missing. Needs `docker-compose` (Debian's package) or `docker compose`; no daemon.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const file = join(root, 'docker-compose.yml');
const required = [...new Set(readFileSync(file, 'utf8').match(/(?<=\$\{)\w+(?=:\?)/g) ?? [])];

/** @type {[name: string, ...args: string[]][]} */
const programs = [['docker-compose'], ['docker', 'compose']];
const program = programs.find(([name, ...args]) => spawnSync(name, [...args, 'version']).status === 0);
if (program === undefined) {
  process.stderr.write('neither docker-compose nor docker compose is here: apt-get install docker-compose\n');
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), 'xperf-fleet-compose-'));
/**
 * What compose makes of the file when it is given these variables and nothing else.
 *
 * @param {[name: string, ...args: string[]]} compose
 * @param {string[]} names
 */
function config([name, ...args], names) {
  const environment = join(folder, 'env');
  writeFileSync(environment, names.map((variable) => `${variable}=x\n`).join(''));
  return spawnSync(name, [...args, '--env-file', environment, '-f', file, 'config', '--quiet'], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: folder },
  });
}

const faults = [];
try {
  const whole = config(program, required);
  if (whole.status !== 0) faults.push(`with every variable given: ${whole.stderr.trim()}`);
  for (const name of required) {
    const { status, stderr } = config(
      program,
      required.filter((other) => other !== name),
    );
    if (status === 0) faults.push(`without ${name} it is accepted`);
    else if (!stderr.includes(name) || !stderr.includes('new-env.mjs')) {
      faults.push(`without ${name} it says only: ${stderr.trim()}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
for (const fault of faults) process.stderr.write(`docker-compose.yml: ${fault}\n`);
if (faults.length > 0) process.exit(1);
process.stdout.write(
  `${program.join(' ')} accepts docker-compose.yml and names each of ${required.length} missing variables\n`,
);
