// What the suites of .ci/run came to: node scripts/ci-suites.mjs failed FILE | node scripts/ci-suites.mjs total FOLDER FAILED-STEPS NAME...
// A suite's result is Jest's --json, NAME.json; NAME-again.json holds the spec files of it that were run once more.
import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import process from 'node:process';

/**
 * @typedef {object} Result of Jest
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numRuntimeErrorTestSuites
 * @property {number} numPendingTests
 * @property {{ name: string, status: string }[]} testResults
 */

/**
 * @param {string} file
 * @returns {Result | undefined}
 */
const read = (file) => (existsSync(file) ? /** @type {Result} */ (JSON.parse(readFileSync(file, 'utf8'))) : undefined);

/** @param {Result} result */
const failures = (result) => result.numFailedTests + result.numRuntimeErrorTestSuites;

/** @param {Result} result */
const failedSpecs = (result) =>
  result.testResults.filter(({ status }) => status === 'failed').map(({ name }) => relative('.', name));

/** @param {string} text */
const say = (text) => process.stdout.write(`${text}\n`);

/**
 * @param {string} folder
 * @param {number} failedSteps
 * @param {string[]} names
 */
function total(folder, failedSteps, names) {
  let [passed, failed, skipped] = [0, failedSteps, 0];
  for (const name of names) {
    const first = read(join(folder, `${name}.json`));
    const again = read(join(folder, `${name}-again.json`));
    const last = again ?? first;
    if (first === undefined || last === undefined) {
      failed += 1;
      continue;
    }
    passed += first.numPassedTests + failures(first) - failures(last);
    failed += failures(last);
    skipped += first.numPendingTests;
    if (again !== undefined) {
      const alone = failedSpecs(again);
      for (const spec of failedSpecs(first))
        say(`${name}: failed beside others, ${alone.includes(spec) ? 'failed' : 'passed'} alone: ${spec}`);
    }
  }
  if (skipped > 0) say(`nothing may be skipped here: ${skipped} tests were`);
  say(`\n${passed} passed, ${failed + skipped} failed`);
  return failed + skipped === 0 && passed > 0;
}

const [what, place = '.', failedSteps = '0', ...names] = process.argv.slice(2);
if (what === 'failed') {
  const result = read(place);
  if (result !== undefined) failedSpecs(result).forEach(say);
} else process.exitCode = total(place, Number(failedSteps), names) ? 0 : 1;
