import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { buildStep } from './build.mjs';
import { takeLock } from './folder-lock.mjs';
import { generateStep } from './generate-client.mjs';
import { installStep } from './install.mjs';
import { inRoot } from './project.mjs';
import { explained, SetupError } from './setup-error.mjs';

/**
 * In this order: each step's result is the next one's input.
 *
 * @param {import('./install.mjs').Extent} extent
 */
const stepsOf = (extent) => [installStep(extent), generateStep(extent), buildStep];

/** @param {string} line */
const say = (line) => process.stderr.write(`${line}\n`);

async function waitForLock() {
  const file = inRoot('.xf', 'setup.lock');
  for (let said = false; ; said = true) {
    let lock;
    try {
      lock = takeLock(file);
    } catch (error) {
      throw explained(error, `write ${file}`);
    }
    if (lock.taken) return lock;
    if (!said) say(`process ${lock.holder.pid} is setting this folder up; waiting for it`);
    await pause(200);
  }
}

/** @param {ReturnType<typeof stepsOf>} steps */
async function doSteps(steps) {
  /** @type {Record<string, number>} */
  const timings = {};
  for (const step of steps) {
    const began = performance.now();
    if (!step.isCurrent()) {
      say(`${step.describe} …`);
      await step.run();
      say(`${step.describe}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
    }
    timings[step.name] = Math.round(performance.now() - began);
  }
  return timings;
}

/**
 * Installs, generates and builds what is not up to date. Two at once in one folder take turns.
 *
 * @param {{ extent?: import('./install.mjs').Extent, install?: boolean }} [what] `install` false: packages are not installed, for a
 *   command that nobody expects to do so
 * @returns {Promise<Record<string, number>>} milliseconds by step
 * @throws {SetupError} with the remedy
 */
export async function setUp({ extent = 'tests', install = true } = {}) {
  const steps = stepsOf(extent);
  if (!install && !steps[0]?.isCurrent()) {
    throw new SetupError(
      'the packages of package-lock.json are not installed',
      extent === 'runtime' ? 'npm start installs them' : 'npm run setup installs them',
    );
  }
  // The usual case writes nothing, so it also serves a read-only tree.
  if (steps.every((step) => step.isCurrent())) return Object.fromEntries(steps.map((step) => [step.name, 0]));
  const lock = await waitForLock();
  try {
    return await doSteps(steps);
  } finally {
    lock.release();
  }
}

/**
 * Runs an entry's main function; of what a person can put right, the message is printed without a stack.
 *
 * @param {() => Promise<void>} work
 */
export async function main(work) {
  try {
    await work();
  } catch (error) {
    if (error instanceof SetupError) say(`${error.message}\n→ ${error.remedy}`);
    else say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exitCode = 1;
  }
}
