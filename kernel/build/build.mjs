// npm run kernel:build -- --series NAME [--source DIR] [--variant hook,stock,negative] [--jobs N] [--write-patch] [--json]
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isKernelSeries, kernelSeriesNames } from '../series/kernel-series.mjs';
import { VARIANTS } from './config.mjs';
import { EXIT, KernelToolError, messageOf, runTool } from './exits.mjs';
import { buildKernel } from './images.mjs';

const USAGE = `usage: kernel:build -- --series ${kernelSeriesNames.join('|')} [--source DIR] [--variant ${VARIANTS.join(',')}] [--jobs N] [--write-patch] [--json]`;

/** @param {string[]} parameters */
function parse(parameters) {
  try {
    const { values } = parseArgs({
      args: parameters,
      options: {
        series: { type: 'string' },
        source: { type: 'string' },
        variant: { type: 'string', default: 'hook' },
        jobs: { type: 'string', default: String(availableParallelism()) },
        'write-patch': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
    const { series = '', source } = values;
    const variants = values.variant.split(',');
    if (!isKernelSeries(series)) throw new Error(`--series ${series}: expected ${kernelSeriesNames.join(' or ')}`);
    if (variants.some((variant) => !VARIANTS.includes(variant)))
      throw new Error(`--variant ${values.variant}: expected some of ${VARIANTS.join(',')}`);
    if (!/^[1-9]\d*$/.test(values.jobs)) throw new Error(`--jobs ${values.jobs}: expected a number above 0`);
    return {
      ...{ series, variants, jobs: Number(values.jobs), renewPatch: values['write-patch'], json: values.json },
      ...(source === undefined ? {} : { source }),
    };
  } catch (error) {
    throw new KernelToolError(EXIT.usage, `${messageOf(error)}\n${USAGE}`);
  }
}

await runTool(async () => {
  const request = parse(process.argv.slice(2));
  /** @param {string} text */
  const say = (text) => process.stderr.write(`${text}\n`);
  const result = await buildKernel({ ...request, say });
  if (request.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else
    for (const image of result.images) say(`${image.variant}: ${image.bzImage}${image.rebuilt ? '' : ' (up to date)'}`);
  return EXIT.ok;
});
