// How fast the simulated machine is: instructions a second, and a crossing beside the same crossing in QEMU in the same run.
// npm run bench:entry-sim-machine [-- --no-qemu]: prints JSON and writes it to bench/results/entry-sim-machine.json.
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { seriesPaths } from '../kernel/build/cache.mjs';
import { buildKernel } from '../kernel/build/images.mjs';
import { bootGuest } from '../kernel/selftest/boot.mjs';
import { kernelSeriesNames, usualSeries } from '../kernel/series/kernel-series.mjs';
import { run } from '../libs/entry-sim/src/machine/run.ts';
import { buildCrossing, MOST_RANGE_PAGES } from '../libs/entry-sim/src/programs/build.ts';
import { startCrossing } from '../libs/entry-sim/src/programs/start.ts';

const ROUNDS = 7;
const ROUND_MS = 1_000;
const WARM_UP_MS = 1_000;
/** A boot with few faults and one with many: what lies between them is faults alone. */
const QEMU_FAULTS = { few: 20_000, many: 120_000 };
const QEMU_ROUNDS = 3;
const result = fileURLToPath(new URL('./results/entry-sim-machine.json', import.meta.url));

/** @param {number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
/** @param {number} value */
const rounded = (value) => Number(value.toPrecision(4));

/**
 * Crosses for so long; every 64 pages the loop begins again, as xperf refills its range.
 *
 * @param {ReturnType<typeof buildCrossing>} crossing
 * @param {number} milliseconds
 */
function simulate(crossing, milliseconds) {
  const { machine } = crossing;
  const from = performance.now();
  const retired = machine.retired;
  let crossings = 0;
  let elapsed = 0;
  while (elapsed < milliseconds) {
    startCrossing(crossing, { pages: MOST_RANGE_PAGES });
    const end = run(machine, 100_000);
    if (end !== 'done') throw new Error(`the machine ended with ${end}`);
    crossings += MOST_RANGE_PAGES;
    elapsed = performance.now() - from;
  }
  return { instructions: machine.retired - retired, crossings, seconds: elapsed / 1_000 };
}

/**
 * @param {import('../libs/entry-sim/src/vocabulary/crossing-trace.ts').ProgramName} program
 * @param {boolean} kpti
 */
function simulator(program, kpti) {
  const crossing = buildCrossing({
    program,
    kpti,
    smap: !program.startsWith('origin'),
    ibt: false,
    verw: false,
    handover: 'registers',
  });
  simulate(crossing, WARM_UP_MS);
  const rounds = Array.from({ length: ROUNDS }, () => simulate(crossing, ROUND_MS));
  return {
    program,
    kpti,
    instructionsPerCrossing: rounded(median(rounds.map((one) => one.instructions / one.crossings))),
    medianInstructionsPerSecond: Math.round(median(rounds.map((one) => one.instructions / one.seconds))),
    instructionsPerSecond: rounds.map((one) => Math.round(one.instructions / one.seconds)),
    medianMicrosecondsPerCrossing: rounded(median(rounds.map((one) => (1e6 * one.seconds) / one.crossings))),
  };
}

/**
 * @param {import('../kernel/vm/qemu.mjs').Accelerator} accelerator
 * @param {number} faults
 * @param {string} initramfs
 * @returns {Promise<number>} seconds
 */
async function boot(accelerator, faults, initramfs) {
  const parameters = `--probe pf --run 5e1f7e57 --faults ${faults} --warmup 640 --batch 64 --cpu 0`.split(' ');
  const { bzImage } = seriesPaths(usualSeries).image('hook');
  const guest = await bootGuest(
    {
      bzImage,
      initramfs,
      kpti: true,
      accelerator,
      program: 'xperf',
      parameters,
      read: 'no',
      logBufLen: '16M',
      cpus: 1,
    },
    { timeLimitSeconds: 300 },
  );
  if (guest.port.exit?.status !== 0)
    throw new Error(`the guest failed under ${accelerator}: ${guest.port.errors.join('; ')}`);
  return guest.seconds;
}

/**
 * @param {import('../kernel/vm/qemu.mjs').Accelerator} accelerator
 * @param {string} initramfs
 */
async function qemu(accelerator, initramfs) {
  /** @type {number[]} */
  const microseconds = [];
  for (let round = 0; round < QEMU_ROUNDS; round += 1) {
    const few = await boot(accelerator, QEMU_FAULTS.few, initramfs);
    const many = await boot(accelerator, QEMU_FAULTS.many, initramfs);
    microseconds.push((1e6 * (many - few)) / (QEMU_FAULTS.many - QEMU_FAULTS.few));
  }
  return {
    accelerator,
    medianMicrosecondsPerCrossing: rounded(median(microseconds)),
    microsecondsPerCrossing: microseconds.map(rounded),
  };
}

const { values } = parseArgs({ options: { 'no-qemu': { type: 'boolean', default: false } } });
const measuredAt = new Date().toISOString();
const [loadBefore = 0] = loadavg();
const simulatedHook = simulator(`hook-${usualSeries}`, true);
const simulated = [
  simulatedHook,
  simulator(`hook-${usualSeries}`, false),
  ...kernelSeriesNames.filter((name) => name !== usualSeries).map((name) => simulator(`hook-${name}`, true)),
  simulator('origin', false),
];
/** @type {Awaited<ReturnType<typeof qemu>>[]} */
const emulated = [];
if (!values['no-qemu']) {
  /** @param {string} text */
  const say = (text) => process.stderr.write(`${text}\n`);
  const { initramfs } = await buildKernel({
    series: usualSeries,
    variants: ['hook'],
    jobs: availableParallelism(),
    say,
  });
  for (const accelerator of /** @type {const} */ (['icount', 'tcg'])) emulated.push(await qemu(accelerator, initramfs));
}
const report = {
  what: `the simulated machine: instructions/s on one core, and microseconds a crossing beside QEMU running the same hook in Linux ${usualSeries} with KPTI`,
  measuredAt,
  machine: {
    cpu: cpus()[0]?.model ?? 'unknown',
    cpus: cpus().length,
    node: process.version,
    loadBefore: rounded(loadBefore),
  },
  setting: { rounds: ROUNDS, roundMs: ROUND_MS, qemuFaults: QEMU_FAULTS, qemuRounds: QEMU_ROUNDS },
  simulated,
  emulated,
  qemuOverSimulator: Object.fromEntries(
    emulated.map(({ accelerator, medianMicrosecondsPerCrossing }) => [
      accelerator,
      rounded(medianMicrosecondsPerCrossing / simulatedHook.medianMicrosecondsPerCrossing),
    ]),
  ),
  note: "A crossing in QEMU includes the kernel's whole fault handler and xperf's refills; the simulator executes entry, exit and user loop, and does the handler's work at once.",
};
const text = `${JSON.stringify(report, null, 2)}\n`;
await mkdir(new URL('./results/', import.meta.url), { recursive: true });
await writeFile(result, text);
process.stdout.write(text);
