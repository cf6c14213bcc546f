// npm run test:chaos: a fleet of real processes under faults, judged from its database. See CONTRIBUTING.md.
import { execFileSync } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { optionsText, readOptions, UsageError, type ChaosOptions } from './options.js';
import { guardNames, guardOf, type GuardName } from './guards.js';
import { playRound, type RoundReport } from './round.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const findingsShown = 12;
/** Rest after the last fault when a guard is tried: what it breaks stays broken, and what it does not is quick. */
const guardQuietMs = 90_000;

function hasRedis(): boolean {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function replayText(report: RoundReport, { seconds, kinds }: ChaosOptions): string {
  const { seed, queue, coordinators, workers, without } = report;
  const more = [
    ...(kinds === undefined ? [] : ['--kinds', kinds.join(',')]),
    ...(without === null ? [] : ['--without', without]),
  ];
  const size = ['--seconds', seconds, '--coordinators', coordinators, '--workers', workers];
  return ['npm run test:chaos -- --seed', seed, '--queue', queue, ...size, ...more].join(' ');
}

function tell(report: RoundReport, options: ChaosOptions): void {
  const { findings, checked, faults, settledMs } = report;
  const { runs, attempts, samples, attemptsGivenUp } = checked;
  say(
    `${faults.length} faults; ${report.jobs} jobs, ${runs} runs, ${attempts} attempts, ${samples} samples compared; ` +
      `given up: ${JSON.stringify(attemptsGivenUp)}; at rest after ${settledMs ?? 'never'} ms`,
  );
  if (report.missed.length > 0) say(`${report.missed.length} faults could not strike; ${report.missed.at(-1)}`);
  for (const { check, about, says } of findings.slice(0, findingsShown)) say(`  ${check}: ${about}: ${says}`);
  if (findings.length > findingsShown) say(`  and ${findings.length - findingsShown} more`);
  if (findings.length > 0)
    say(`${findings.length} findings; logs in ${report.logs}; again:\n  ${replayText(report, options)}`);
  else say('nothing found');
}

async function keep(name: string, reports: object): Promise<void> {
  const folder = path.join(root, '.xf/chaos');
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, `${name}.json`);
  await writeFile(file, `${JSON.stringify(reports, null, 2)}\n`);
  say(`report: ${path.relative(root, file)}`);
}

/** Rounds one after the other, each with the next seed, until the time is over. */
async function playRounds(options: ChaosOptions): Promise<boolean> {
  const reports: RoundReport[] = [];
  const began = performance.now();
  let sound = true;
  for (let index = 0; ; index += 1) {
    const queue = options.queues[index % options.queues.length] ?? 'postgres';
    const seed = options.seed + Math.floor(index / options.queues.length);
    const report = await playRound({ ...options, root, seed, queue, windowMs: options.seconds * 1_000, say });
    tell(report, options);
    reports.push(report);
    sound &&= report.findings.length === 0;
    const over = performance.now() - began >= options.minutes * 60_000;
    if (over && index + 1 >= options.queues.length) break;
  }
  await keep(`seed-${options.seed}${options.without ? `-without-${options.without}` : ''}`, reports);
  return sound;
}

/** With the guard, nothing may be found; without it, its check must find something. */
async function tryGuard(name: GuardName, options: ChaosOptions): Promise<{ name: GuardName; caught: string }> {
  const { kinds, caughtBy } = guardOf(name);
  const queue = options.queues[0] ?? 'postgres';
  const round = { ...options, root, queue, quietMs: guardQuietMs, windowMs: options.seconds * 1_000, say };
  const control = await playRound({ ...round, kinds, without: undefined });
  tell(control, { ...options, kinds });
  const mutated = await playRound({ ...round, kinds, without: name });
  tell(mutated, { ...options, kinds });
  const found = new Set(mutated.findings.map(({ check }) => check));
  if (control.findings.length > 0) return { name, caught: 'unclear: there are findings with the guard as well' };
  const by = caughtBy.filter((check) => found.has(check));
  if (by.length > 0 && mutated.logs !== null) await rm(mutated.logs, { recursive: true, force: true });
  return { name, caught: by.length > 0 ? `caught by ${by.join(', ')}` : 'NOT CAUGHT' };
}

async function tryGuards(options: ChaosOptions): Promise<boolean> {
  const results: { name: GuardName; caught: string }[] = [];
  for (const name of options.without === undefined ? guardNames : [options.without])
    results.push(await tryGuard(name, options));
  for (const { name, caught } of results) say(`without ${name}: ${caught}`);
  await keep(`guards-${options.seed}`, results);
  return results.every(({ caught }) => caught.startsWith('caught'));
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(optionsText);
  } else {
    if (options.queues.includes('redis') && !hasRedis()) {
      if (options.queues.length === 1 || process.env['CI'])
        throw new UsageError('redis-server is not installed; apt-get install redis-server, or --queue postgres');
      say('left out: the queue on Redis, for want of redis-server (apt-get install redis-server)');
      options.queues = ['postgres'];
    }
    process.exitCode = (await (options.guards ? tryGuards(options) : playRounds(options))) ? 0 : 1;
  }
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  say(error.message);
  process.exitCode = 2;
}
