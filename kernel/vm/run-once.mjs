// node kernel/vm/run-once.mjs --series NAME --kpti on --out FILE [...]: one run in a virtual machine, raw port bytes to a file.
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { guestPaths, seriesPaths } from '../build/cache.mjs';
import { readInput } from '../build/compile.mjs';
import { VARIANTS } from '../build/config.mjs';
import { EXIT, KernelToolError, messageOf, runTool } from '../build/exits.mjs';
import { missingPackages, refuseMissing } from '../build/programs.mjs';
import { kernelSeriesNames } from '../series/kernel-series.mjs';
import { ACCELERATOR_NAMES, runQemu } from './qemu.mjs';
import { withScratchFolder } from './scratch.mjs';

const USAGE = `usage: node kernel/vm/run-once.mjs --series ${kernelSeriesNames.join('|')} --out FILE
  [--variant ${VARIANTS.join('|')}] [--kpti on|off] [--accel ${ACCELERATOR_NAMES.join('|')}] [--cpu-model NAME] [--cpus N] [--memory MIB]
  [--log-buf-len 16M] [--read live|after|no] [--append "kernel parameters"] [--time-limit SECONDS] [--console FILE]
  [--probe NAME] [--run 8HEX] [--faults N] [--warmup N] [--batch N] | [--program NAME --parameters a,b,c]`;

/**
 * @template {string} Value
 * @param {string} name
 * @param {string | undefined} value
 * @param {readonly Value[]} allowed
 */
function oneOf(name, value, allowed) {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw new Error(`--${name} ${value ?? ''}: expected one of ${allowed.join(', ')}`);
  return found;
}

/**
 * @param {string} name
 * @param {string} text
 */
function wholeNumber(name, text) {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`--${name} ${text}: expected a whole number above 0`);
  return Number(text);
}

/** @param {string} value */
const text = (value) => ({ type: /** @type {const} */ ('string'), default: value });

/** @param {string[]} parameters */
function parse(parameters) {
  try {
    const { values } = parseArgs({
      args: parameters,
      options: {
        series: { type: 'string' },
        out: { type: 'string' },
        variant: text('hook'),
        kpti: text('on'),
        accel: text('tcg'),
        'cpu-model': { type: 'string' },
        cpus: text('2'),
        memory: text('512'),
        'log-buf-len': { type: 'string' },
        read: text('live'),
        append: { type: 'string' },
        'time-limit': text('120'),
        console: { type: 'string' },
        probe: text('pf'),
        run: text('00000001'),
        faults: text('10000'),
        warmup: text('1000'),
        batch: text('64'),
        program: text('xperf'),
        parameters: { type: 'string' },
      },
    });
    const { out } = values;
    if (out === undefined) throw new Error('--out is missing');
    return {
      ...values,
      out,
      series: oneOf('series', values.series, kernelSeriesNames),
      variant: oneOf('variant', values.variant, VARIANTS),
      kpti: oneOf('kpti', values.kpti, ['on', 'off']) === 'on',
      accel: oneOf('accel', values.accel, ACCELERATOR_NAMES),
      read: oneOf('read', values.read, /** @type {const} */ (['live', 'after', 'no'])),
      cpus: wholeNumber('cpus', values.cpus),
      memory: wholeNumber('memory', values.memory),
      timeLimitSeconds: wholeNumber('time-limit', values['time-limit']),
    };
  } catch (error) {
    throw new KernelToolError(EXIT.usage, `${messageOf(error)}\n${USAGE}`);
  }
}

/** @typedef {ReturnType<typeof parse>} Options */

/** @param {Options} options */
function programParameters(options) {
  if (options.parameters !== undefined) return options.parameters.split(',').filter((word) => word !== '');
  if (options.program !== 'xperf') return [];
  const { probe, run, faults, warmup, batch } = options;
  return ['--probe', probe, '--run', run, '--faults', faults, '--warmup', warmup, '--batch', batch, '--cpu', '0'];
}

/**
 * @param {Options} options
 * @param {string} folder
 */
async function runOnce(options, folder) {
  const image = seriesPaths(options.series).image(options.variant);
  const input = await readFile(image.stamp, 'utf8').then(readInput, () => {
    throw new KernelToolError(
      EXIT.missing,
      `no image of ${options.series} (${options.variant}); npm run kernel:build -- --series ${options.series} --variant ${options.variant}`,
    );
  });
  const out = createWriteStream(options.out);
  const consolePath = options.console ?? join(folder, 'console');
  let bytes = 0;
  let lastLines = '';
  try {
    const result = await runQemu(
      {
        bzImage: image.bzImage,
        initramfs: guestPaths().initramfs,
        accelerator: options.accel,
        kpti: options.kpti,
        program: options.program,
        parameters: programParameters(options),
        consolePath,
        cpus: options.cpus,
        memoryMib: options.memory,
        read: options.read,
        append: options.append === undefined ? [] : [options.append],
        ...(options['cpu-model'] === undefined ? {} : { cpuModel: options['cpu-model'] }),
        ...(options['log-buf-len'] === undefined ? {} : { logBufLen: options['log-buf-len'] }),
      },
      {
        timeLimitSeconds: options.timeLimitSeconds,
        onPort: (chunk) => {
          bytes += chunk.length;
          lastLines = (lastLines + chunk.toString('latin1')).slice(-200);
          out.write(chunk);
        },
      },
    );
    const complete = lastLines.endsWith('@end\n');
    const { status, timedOut, seconds, errors } = result;
    const consoleText = complete ? undefined : (await readFile(consolePath, 'utf8')).slice(-2000);
    return { complete, status, timedOut, seconds, bytes, image: input, errors, consoleText };
  } finally {
    await finished(out.end());
  }
}

await runTool(async () => {
  const options = parse(process.argv.slice(2));
  refuseMissing(await missingPackages(['qemu-system-x86_64']));
  const result = await withScratchFolder((folder) => runOnce(options, folder));
  process.stdout.write(`${JSON.stringify(result)}\n`);
  return result.complete ? EXIT.ok : EXIT.failed;
});
