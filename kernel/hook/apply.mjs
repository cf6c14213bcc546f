// node kernel/hook/apply.mjs --source DIR [--revert]: the hook into a kernel tree of yours, or out of it again.
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { EXIT, KernelToolError, messageOf, runTool } from '../build/exits.mjs';
import { kernelSeriesNames } from '../series/kernel-series.mjs';
import { AnchorError } from './insertions.mjs';
import { applyHook, revertHook, versionOf } from './tree.mjs';

const USAGE = 'usage: node kernel/hook/apply.mjs --source DIR [--revert]';

/** @param {string[]} parameters */
function parse(parameters) {
  try {
    const { values } = parseArgs({
      args: parameters,
      options: { source: { type: 'string' }, revert: { type: 'boolean', default: false } },
    });
    const { source, revert } = values;
    if (source === undefined) throw new Error('--source is missing');
    return { source, revert };
  } catch (error) {
    throw new KernelToolError(EXIT.usage, `${messageOf(error)}\n${USAGE}`);
  }
}

/** @param {string} tree */
async function seriesOf(tree) {
  await access(join(tree, 'Makefile')).catch(() => {
    throw new KernelToolError(EXIT.usage, `${tree} is not a kernel tree: no Makefile`);
  });
  const version = await versionOf(tree);
  const series = kernelSeriesNames.find((one) => version.startsWith(`${one}.`));
  if (series === undefined)
    throw new KernelToolError(
      EXIT.usage,
      `${tree} is Linux ${version}; the hook knows ${kernelSeriesNames.join(', ')}`,
    );
  return series;
}

await runTool(async () => {
  const { source, revert } = parse(process.argv.slice(2));
  const series = await seriesOf(source);
  try {
    await (revert ? revertHook : applyHook)(source, series);
  } catch (error) {
    if (error instanceof AnchorError) throw new KernelToolError(EXIT.failed, `${error.message}; nothing was changed`);
    throw error;
  }
  process.stderr.write(`${revert ? 'reverted' : 'applied'}: the hook for Linux ${series} in ${source}\n`);
  return EXIT.ok;
});
