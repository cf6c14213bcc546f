// npm run kernel:package -- --series NAME [--config FILE] [--source DIR] [--jobs N] [--out FOLDER]
import { availableParallelism, release as runningRelease } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { manifest } from '../../scripts/package/files.mjs';
import { inRoot } from '../../scripts/setup/project.mjs';
import { isKernelSeries, kernelSeriesNames } from '../series/kernel-series.mjs';
import { EXIT, KernelToolError, messageOf, runTool } from './exits.mjs';
import { packageHostKernel } from './host-kernel.mjs';

const USAGE = `usage: kernel:package -- --series ${kernelSeriesNames.join('|')} [--config FILE] [--source DIR] [--jobs N] [--out FOLDER]
  --config  the host's configuration; default: this machine's, /boot/config-${runningRelease()}
  --out     folder for the packages; default: dist-package`;

/** @param {string[]} parameters */
function parse(parameters) {
  try {
    const { values } = parseArgs({
      args: parameters,
      options: {
        series: { type: 'string', default: '' },
        config: { type: 'string', default: `/boot/config-${runningRelease()}` },
        source: { type: 'string' },
        jobs: { type: 'string', default: String(availableParallelism()) },
        out: { type: 'string', default: inRoot('dist-package') },
      },
    });
    const { series, config, source, jobs, out } = values;
    if (!isKernelSeries(series)) throw new Error(`--series ${series}: expected ${kernelSeriesNames.join(' or ')}`);
    if (!/^[1-9]\d*$/.test(jobs)) throw new Error(`--jobs ${jobs}: expected a number above 0`);
    return {
      ...{ series, config: resolve(config), jobs: Number(jobs), out: resolve(out) },
      ...(source === undefined ? {} : { source }),
    };
  } catch (error) {
    throw new KernelToolError(EXIT.usage, `${messageOf(error)}\n${USAGE}`);
  }
}

await runTool(async () => {
  const { version: release } = manifest(inRoot('package.json'));
  /** @param {string} text */
  const say = (text) => process.stderr.write(`${text}\n`);
  for (const file of await packageHostKernel({ ...parse(process.argv.slice(2)), release, say }))
    process.stdout.write(`${file}\n`);
  return EXIT.ok;
});
