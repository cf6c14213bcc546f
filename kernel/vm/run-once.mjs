// node kernel/vm/run-once.mjs --series 6.1 --kpti on --out FILE [...]: one run in a virtual machine, raw port bytes to a file.
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { guestPaths, seriesPaths } from '../build/cache.mjs';
import { VARIANTS } from '../build/config.mjs';
import { EXIT, KernelToolError, runTool } from '../build/exits.mjs';
import { missingPackages, refuseMissing } from '../build/programs.mjs';
import { SERIES } from '../hook/anchors.mjs';
import { ACCELERATOR_NAMES, runQemu } from './qemu.mjs';
import { withScratchFolder } from './scratch.mjs';

const USAGE = `usage: node kernel/vm/run-once.mjs --series ${SERIES.join('|')} --out FILE
  [--variant ${VARIANTS.join('|')}] [--kpti on|off] [--accel ${ACCELERATOR_NAMES.join('|')}] [--cpu-model NAME] [--cpus N] [--memory MIB]
  [--log-buf-len 16M] [--read live|after|no] [--append "kernel parameters"] [--time-limit SECONDS] [--console FILE]
  [--probe pf|pf_rt|syscall_rt] [--run 8HEX] [--faults N] [--warmup N] [--batch N] | [--program NAME --parameters a,b,c]`;

function oneOf(name, value, allowed) {
  if (!allowed.includes(value)) throw new Error(`--${name} ${value ?? ''}: expected one of ${allowed.join(', ')}`);
  return value;
}

function wholeNumber(name, text) {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`--${name} ${text}: expected a whole number above 0`);
  return Number(text);
}

function parse(parameters) {
  try {
    const text = (value) => ({ type: 'string', default: value });
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
    oneOf('series', values.series, SERIES);
    oneOf('variant', values.variant, VARIANTS);
    oneOf('kpti', values.kpti, ['on', 'off']);
    oneOf('accel', values.accel, ACCELERATOR_NAMES);
    oneOf('read', values.read, ['live', 'after', 'no']);
    if (values.out === undefined) throw new Error('--out is missing');
    return {
      ...values,
      cpus: wholeNumber('cpus', values.cpus),
      memory: wholeNumber('memory', values.memory),
      timeLimitSeconds: wholeNumber('time-limit', values['time-limit']),
    };
  } catch (error) {
    throw new KernelToolError(EXIT.usage, `${error.message}\n${USAGE}`);
  }
}

function programParameters(options) {
  if (options.parameters !== undefined) return options.parameters.split(',').filter((word) => word !== '');
  if (options.program !== 'xperf') return [];
  const { probe, run, faults, warmup, batch } = options;
  return ['--probe', probe, '--run', run, '--faults', faults, '--warmup', warmup, '--batch', batch, '--cpu', '0'];
}

async function runOnce(options, folder) {
  const image = seriesPaths(options.series).image(options.variant);
  const { input } = await readFile(image.stamp, 'utf8').then(JSON.parse, () => {
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
        kpti: options.kpti === 'on',
        program: options.program,
        parameters: programParameters(options),
        consolePath,
        cpuModel: options['cpu-model'],
        cpus: options.cpus,
        memoryMib: options.memory,
        logBufLen: options['log-buf-len'],
        read: options.read,
        append: options.append === undefined ? [] : [options.append],
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
