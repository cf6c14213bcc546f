// npm run sim:counts [-- FILE...]: instruction counts of the simulator against QEMU's and the disassembly's.
// FILE: what `npm run kernel:selftest -- --json` printed for a series; without one the self-test's counting cases are run.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { PROGRAM_NAMES, traceCrossing } from '../../libs/entry-sim/src/index.ts';
import { EXIT, KernelToolError, runTool } from '../build/exits.mjs';
import { runProgram } from '../build/programs.mjs';
import { kernelSeriesNames } from '../series/kernel-series.mjs';
import { COUNTED_CASES, disagreements } from './counts.mjs';

const SELFTEST = fileURLToPath(new URL('./selftest.mjs', import.meta.url));

/** @param {string} series */
function programOf(series) {
  const program = PROGRAM_NAMES.find((name) => name === `hook-${series}`);
  if (program === undefined) throw new KernelToolError(EXIT.usage, `the simulator knows no series ${series}`);
  return program;
}

/** @param {string} series */
async function runSelftest(series) {
  const cases = ['--case', Object.keys(COUNTED_CASES).join(',')];
  return runProgram(process.execPath, [SELFTEST, '--series', series, ...cases, '--json']);
}

/**
 * What of the self-test's report is read here.
 *
 * @typedef {{ series: string, results: { kpti: boolean, cases: Record<string, import('./counts.mjs').CountedCase> }[] }} Report
 */

/**
 * All settings that the self-test booted, each with what it counted.
 *
 * @param {Report} report
 */
function countedCases({ series, results }) {
  return results.flatMap(({ kpti, cases }) =>
    Object.entries(COUNTED_CASES).map(([name, handover]) => {
      const measured = cases[name];
      if (measured?.expected === undefined)
        throw new KernelToolError(
          EXIT.failed,
          `self-test of ${series}: no figures of case ${name}; was it run, and passed?`,
        );
      const verw = measured.expected.k2uPath.some((text) => text.startsWith('verw'));
      const settings = { program: programOf(series), kpti, smap: true, ibt: false, verw, handover };
      return { name: `${series} kpti=${kpti ? 'on' : 'off'} ${name}`, measured, settings };
    }),
  );
}

await runTool(async () => {
  const files = process.argv.slice(2);
  const texts = files.length > 0 ? files.map((file) => readFile(file, 'utf8')) : kernelSeriesNames.map(runSelftest);
  let disagreeing = 0;
  const seen = new Set();
  for (const text of texts) {
    const report = /** @type {Report} */ (JSON.parse(await text));
    seen.add(report.series);
    for (const { name, measured, settings } of countedCases(report)) {
      const found = disagreements(measured, traceCrossing(settings));
      const { u2k, k2u } = measured.expected;
      process.stdout.write(
        `${name}: ${found.length === 0 ? `u2k ${u2k}, k2u ${k2u}, all three agree` : found.join('; ')}\n`,
      );
      disagreeing += found.length;
    }
  }
  const missing = kernelSeriesNames.filter((series) => !seen.has(series));
  if (missing.length > 0) throw new KernelToolError(EXIT.failed, `no figures of ${missing.join(', ')}`);
  return disagreeing === 0 ? EXIT.ok : EXIT.failed;
});
