// Lets docker-compose itself read docker-compose.yml, alone and with docker-compose.publish.yml over it: it must accept them
// with every variable given, and name each that is missing. Needs `docker-compose` (Debian's package) or `docker compose`; no daemon.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
/** Closed, and published. */
const forms = [['docker-compose.yml'], ['docker-compose.yml', 'docker-compose.publish.yml']];
/** @param {string[]} files */
const requiredBy = (files) => [
  ...new Set(files.flatMap((file) => readFileSync(join(root, file), 'utf8').match(/(?<=\$\{)\w+(?=:\?)/g) ?? [])),
];

/** @type {[name: string, ...args: string[]][]} */
const programs = [['docker-compose'], ['docker', 'compose']];
const program = programs.find(([name, ...args]) => spawnSync(name, [...args, 'version']).status === 0);
if (program === undefined) {
  process.stderr.write('neither docker-compose nor docker compose is here: apt-get install docker-compose\n');
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), 'xperf-fleet-compose-'));
/**
 * What compose makes of the files when it is given these variables and nothing else.
 *
 * @param {[name: string, ...args: string[]]} compose
 * @param {string[]} files
 * @param {string[]} names
 */
function config([name, ...args], files, names) {
  const environment = join(folder, 'env');
  writeFileSync(environment, names.map((variable) => `${variable}=x\n`).join(''));
  const over = files.flatMap((file) => ['-f', join(root, file)]);
  return spawnSync(name, [...args, '--env-file', environment, ...over, 'config', '--quiet'], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: folder },
  });
}

/** @type {string[]} */
const faults = [];
const told = [];
try {
  for (const files of forms) {
    const required = requiredBy(files);
    const say = (/** @type {string} */ text) => faults.push(`${files.join(' + ')}: ${text}`);
    const whole = config(program, files, required);
    if (whole.status !== 0) say(`with every variable given: ${whole.stderr.trim()}`);
    for (const name of required) {
      const others = required.filter((other) => other !== name);
      const { status, stderr } = config(program, files, others);
      if (status === 0) say(`without ${name} it is accepted`);
      else if (!stderr.includes(name) || !stderr.includes('is missing; '))
        say(`without ${name} it says only: ${stderr.trim()}`);
    }
    told.push(`${files.join(' + ')}, naming each of ${required.length} missing variables`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
for (const fault of faults) process.stderr.write(`${fault}\n`);
if (faults.length > 0) process.exit(1);
for (const line of told) process.stdout.write(`${program.join(' ')} accepts ${line}\n`);
