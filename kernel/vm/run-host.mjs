// node kernel/vm/run-host.mjs --series NAME --work DIR: a patched guest as a host; runs DIR/start.sh in it as root.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { VARIANTS } from '../build/config.mjs';
import { EXIT, KernelToolError, messageOf, runTool } from '../build/exits.mjs';
import { missingPackages, refuseMissing } from '../build/programs.mjs';
import { seriesPaths } from '../build/cache.mjs';
import { isKernelSeries, kernelSeriesNames } from '../series/kernel-series.mjs';
import { hostGuestParameters } from './host-guest.mjs';
import { withScratchFolder } from './scratch.mjs';

const USAGE = `usage: node kernel/vm/run-host.mjs --series ${kernelSeriesNames.join('|')} --work DIR [--variant ${VARIANTS.join('|')}] [--kpti on|off] [--append "kernel parameters"]
DIR stands at /opt/work in the guest; DIR/start.sh is run there by bash, as root. The guest ends with it, or at Ctrl-C.`;

/** @param {string[]} parameters */
function parse(parameters) {
  try {
    const { values } = parseArgs({
      args: parameters,
      options: {
        series: { type: 'string' },
        work: { type: 'string' },
        variant: { type: 'string', default: 'hook' },
        kpti: { type: 'string', default: 'on' },
        append: { type: 'string', default: '' },
      },
    });
    const { series = '' } = values;
    if (!isKernelSeries(series)) throw new Error(`--series ${series}: expected ${kernelSeriesNames.join(' or ')}`);
    if (!VARIANTS.includes(values.variant))
      throw new Error(`--variant ${values.variant}: expected ${VARIANTS.join(', ')}`);
    if (!['on', 'off'].includes(values.kpti)) throw new Error(`--kpti ${values.kpti}: expected on or off`);
    if (values.work === undefined) throw new Error('--work is missing');
    return { ...values, series, kpti: values.kpti === 'on', work: resolve(values.work) };
  } catch (error) {
    throw new KernelToolError(EXIT.usage, `${messageOf(error)}\n${USAGE}`);
  }
}

/**
 * @param {string} path
 * @param {string} remedy
 */
async function refuseAbsent(path, remedy) {
  try {
    await access(path);
  } catch (error) {
    throw new KernelToolError(EXIT.missing, `${messageOf(error)}; ${remedy}`);
  }
}

/**
 * The guest's words as they were said: `@out` and `@err` taken off, facts left out.
 *
 * @param {import('node:stream').Readable} stdout
 */
async function passOn(stdout) {
  for await (const line of createInterface({ input: stdout })) {
    const [, stream, text] = /^@(out|err|error) (.*)$/.exec(line) ?? [];
    if (stream !== undefined) (stream === 'out' ? process.stdout : process.stderr).write(`${text}\n`);
  }
}

await runTool(async () => {
  const boot = parse(process.argv.slice(2));
  refuseMissing(await missingPackages(['qemu-system-x86_64', 'setpriv']));
  const image = seriesPaths(boot.series).image(boot.variant);
  await refuseAbsent(image.stamp, `npm run kernel:build -- --series ${boot.series} --variant ${boot.variant}`);
  await refuseAbsent(join(boot.work, 'start.sh'), 'write what the guest is to do into it');
  return withScratchFolder(async (folder) => {
    const parameters = hostGuestParameters({ ...boot, consolePath: join(folder, 'console') });
    const qemu = spawn('setpriv', ['--pdeathsig', 'KILL', 'qemu-system-x86_64', ...parameters], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    process.once('SIGINT', () => qemu.kill('SIGKILL'));
    await Promise.all([once(qemu, 'exit'), passOn(qemu.stdout)]);
    return qemu.exitCode === 0 ? EXIT.ok : EXIT.failed;
  });
});
