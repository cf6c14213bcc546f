// npm run bench:start: from a fresh clone to the main job's result, the second start, memory at rest, and the stop.
// Prints JSON. The npm cache is this user's, warm when the project was installed before; HOME is an empty folder.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** "At rest": this long after the main job ended. */
const restMs = 20_000;

const work = fs.mkdtempSync(path.join(os.tmpdir(), 'xf-bench-start-'));
const clone = path.join(work, 'xperf-fleet');
/** @param {number} ms */
const seconds = (ms) => Math.round(ms / 10) / 100;
const cache = execFileSync('npm', ['config', 'get', 'cache'], { cwd: root, encoding: 'utf8' }).trim();
const home = path.join(work, 'home');

/**
 * What of `npm start --json`'s document is read here.
 *
 * @typedef {object} StartDocument
 * @property {{ setup: { install: number, generate: number, build: number }, startMs: number, measureMs: number }} timings
 * @property {{ runs: { total: number }, samples: number }} job
 * @property {{ coordinator: number, worker: number }} pids
 * @property {number} afterMs
 */

/** @param {string[]} args */
function start(args) {
  const began = performance.now();
  const child = spawn('npm', ['start', '--silent', '--', '--json', '--port', '0', ...args], {
    cwd: clone,
    env: { ...process.env, XF_HOME: undefined, PORT: undefined, HOME: home, npm_config_cache: cache },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  /** @type {Promise<StartDocument>} */
  const document = new Promise((done) => {
    child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ part) => {
      text += part;
      if (!text.includes('\n')) return;
      const said = /** @type {StartDocument} */ (JSON.parse(text.slice(0, text.indexOf('\n'))));
      done({ ...said, afterMs: performance.now() - began });
    });
  });
  const exit = once(child, 'close').then(([code]) => ({
    code: /** @type {number | null} */ (code),
    afterMs: performance.now() - began,
  }));
  return { child, document, exit };
}

async function onceStart() {
  const { document, exit } = start(['--once']);
  const { code, afterMs } = await exit;
  if (code !== 0) throw new Error(`npm start -- --once ended with ${code}`);
  const { timings, job, afterMs: resultMs } = await document;
  const { install, generate, build } = timings.setup;
  return {
    toResultSeconds: seconds(resultMs),
    toExitSeconds: seconds(afterMs),
    installSeconds: seconds(install),
    generateAndBuildSeconds: seconds(generate + build),
    startSeconds: seconds(timings.startMs),
    measureSeconds: seconds(timings.measureMs),
    runs: job.runs.total,
    samples: job.samples,
  };
}

/**
 * Resident and proportional memory of one process, MB.
 *
 * @param {number} pid
 */
function memory(pid) {
  const rollup = fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  /** @param {string} name */
  const megabytes = (name) =>
    Math.round((Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(rollup)?.[1]) * 1024) / 1e5) / 10;
  return { rssMegabytes: megabytes('Rss'), pssMegabytes: megabytes('Pss') };
}

/** @param {number} pid */
const isRunning = (pid) =>
  fs.existsSync(`/proc/${pid}/stat`) && !/\) [ZX] /.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));

async function served() {
  const { child, document, exit } = start([]);
  const { pids } = await document;
  await pause(restMs);
  const [coordinator, worker] = [memory(pids.coordinator), memory(pids.worker)];
  const asked = performance.now();
  child.kill('SIGINT');
  const { code } = await exit;
  return {
    atRest: {
      afterSeconds: restMs / 1_000,
      coordinator,
      worker,
      togetherRssMegabytes: Math.round((coordinator.rssMegabytes + worker.rssMegabytes) * 10) / 10,
    },
    stop: {
      seconds: seconds(performance.now() - asked),
      exitCode: code,
      processesLeft: Object.values(pids).filter(isRunning).length,
    },
  };
}

try {
  fs.mkdirSync(home);
  execFileSync('git', ['clone', '--quiet', root, clone], { stdio: ['ignore', 'ignore', 'inherit'] });
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: clone, encoding: 'utf8' }).trim();
  const freshClone = await onceStart();
  const installed = await onceStart();
  const report = {
    commit,
    date: new Date().toISOString(),
    machine: {
      cpus: os.cpus().length,
      cpu: os.cpus()[0]?.model,
      memoryGigabytes: Math.round(os.totalmem() / 1e9),
      node: process.version,
    },
    freshClone,
    installed,
    ...(await served()),
  };
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
} finally {
  fs.rmSync(work, { recursive: true, force: true });
}
