// npm run kernel:selftest -- --series NAME [--json] [--full] [--case NAME,...] [--kpti on|off|both]
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { buildKernel } from '../build/images.mjs';
import { seriesPaths } from '../build/cache.mjs';
import { EXIT, KernelToolError, messageOf, runTool } from '../build/exits.mjs';
import { missingPackages, refuseMissing } from '../build/programs.mjs';
import { isKernelSeries, kernelSeriesNames } from '../series/kernel-series.mjs';
import { CASES } from './cases.mjs';

/** @type {Readonly<Record<string, boolean[]>>} */
const KPTI = { on: [true], off: [false], both: [true, false] };
const USAGE = `usage: kernel:selftest -- --series ${kernelSeriesNames.join('|')} [--json] [--full] [--case ${Object.keys(CASES).join(',')}] [--kpti on|off|both] [--faults N]`;

/** @param {string[]} parameters */
function parse(parameters) {
  try {
    const { values } = parseArgs({
      args: parameters,
      options: {
        series: { type: 'string' },
        json: { type: 'boolean', default: false },
        full: { type: 'boolean', default: false },
        case: { type: 'string' },
        kpti: { type: 'string', default: 'both' },
        faults: { type: 'string', default: '20000' },
      },
    });
    const names = values.case?.split(',') ?? Object.keys(CASES).filter((name) => values.full || !CASES[name]?.full);
    const { series = '' } = values;
    const states = KPTI[values.kpti];
    if (!isKernelSeries(series)) throw new Error(`--series ${series}: expected ${kernelSeriesNames.join(' or ')}`);
    if (names.some((name) => !(name in CASES)))
      throw new Error(`--case ${values.case}: expected some of ${Object.keys(CASES).join(',')}`);
    if (states === undefined) throw new Error(`--kpti ${values.kpti}: expected on, off or both`);
    if (!/^[1-9]\d*$/.test(values.faults)) throw new Error(`--faults ${values.faults}: expected a number above 0`);
    return {
      series,
      json: values.json,
      names,
      states,
      faults: Number(values.faults),
    };
  } catch (error) {
    throw new KernelToolError(EXIT.usage, `${messageOf(error)}\n${USAGE}`);
  }
}

/**
 * @param {ReturnType<typeof parse>} request
 * @param {(text: string) => void} say
 */
async function runCases({ series, names, states, faults }, say) {
  const chosen = Object.entries(CASES).filter(([name]) => names.includes(name));
  const variants = [...new Set(chosen.flatMap(([, { variants: needed }]) => needed))];
  const { origin, initramfs } = await buildKernel({ series, variants, jobs: availableParallelism(), say });
  const results = [];
  for (const kpti of states) {
    const setting = { series, kpti, initramfs, faults, image: seriesPaths(series).image };
    /** @type {Record<string, { passed: boolean, complaints: string[], seconds: number }>} */
    const cases = {};
    for (const [name, { run }] of chosen) {
      const started = performance.now();
      const result = await run(setting);
      const { complaints, ...figures } = result;
      cases[name] = {
        passed: complaints.length === 0,
        ...figures,
        complaints,
        seconds: Math.round(performance.now() - started) / 1000,
      };
      say(
        `${series} kpti=${kpti ? 'on' : 'off'} ${name}: ${complaints.length === 0 ? 'passed' : complaints.join('; ')}`,
      );
    }
    results.push({ kpti, cases });
  }
  return { series, origin, results };
}

await runTool(async () => {
  const request = parse(process.argv.slice(2));
  refuseMissing(await missingPackages(['qemu-system-x86_64', 'setpriv', 'objdump']));
  /** @param {string} text */
  const say = (text) => process.stderr.write(`${text}\n`);
  const result = await runCases(request, say);
  const passes = result.results.flatMap(({ cases }) => Object.values(cases).map(({ passed }) => passed));
  const failed = passes.filter((passed) => !passed).length;
  if (request.json)
    process.stdout.write(`${JSON.stringify({ ...result, passed: passes.length - failed, failed }, null, 2)}\n`);
  say(`${passes.length - failed} passed, ${failed} failed`);
  return failed === 0 ? EXIT.ok : EXIT.failed;
});
