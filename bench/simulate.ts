// How fast the statistical mode is: samples drawn, and the whole kernel-log text that a fleet simulation reads.
// node --import ./test/typescript-loader.mjs bench/simulate.ts [--seconds 3] [--write]; prints JSON.
import { writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { simulatedMachines, simulateRun, simulateSamples } from '#entry-sim';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '3' }, write: { type: 'boolean', default: false } },
});
const seconds = Number(values.seconds);
const nonce = '0badf00d';
/** Faults of one run: what a job of the README asks for. */
const faults = 10_000;

/** CPU seconds of this process: other processes on a shared machine do not count. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Does `once(seed)` again and again, first to warm up, then for `seconds`; samples and bytes a CPU second. */
function rate(once: (seed: number) => { samples: number; bytes: number }): Record<string, number> {
  const warmUntil = cpuSeconds() + seconds / 3;
  let seed = 0;
  while (cpuSeconds() < warmUntil) once(seed++);
  const from = cpuSeconds();
  let samples = 0;
  let bytes = 0;
  let spent = 0;
  while (spent < seconds) {
    const done = once(seed++);
    samples += done.samples;
    bytes += done.bytes;
    spent = cpuSeconds() - from;
  }
  return {
    samplesPerCpuSecond: Math.round(samples / spent),
    ...(bytes > 0 ? { megabytesPerCpuSecond: Math.round(bytes / spent / 1e6) } : {}),
    cpuSeconds: Number(spent.toFixed(2)),
  };
}

function textOf(batch: number, machine: string, seed: number): { samples: number; bytes: number } {
  let bytes = 0;
  for (const text of simulateRun({ machine, probe: 'pf', faults, warmup: 0, nonce, seed, batch })) bytes += text.length;
  return { samples: faults, bytes };
}

const results: Record<string, unknown> = {};
for (const machine of ['haswell-ep', 'haswell-ep-vm', 'zen3']) {
  if (!Object.hasOwn(simulatedMachines, machine)) throw new Error(machine);
  results[machine] = {
    samples: rate((seed) => {
      const { u2k } = simulateSamples({ machine, faults, warmup: 0, seed });
      return { samples: u2k.length, bytes: 0 };
    }),
    logText64ALine: rate((seed) => textOf(64, machine, seed)),
    logText1ALine: rate((seed) => textOf(1, machine, seed)),
  };
}
const report = {
  what: 'statistical mode of libs/entry-sim on one core: samples drawn into columns, and the same as kernel-log text under checksums',
  measuredAt: new Date().toISOString(),
  machine: { cpu: cpus()[0]?.model ?? 'unknown', cpus: cpus().length, node: process.version, load: loadavg()[0] },
  setting: { faultsPerRun: faults, seconds },
  results,
};
const text = `${JSON.stringify(report, null, 2)}\n`;
if (values.write) await writeFile('bench/results/simulate.json', text);
process.stdout.write(text);
