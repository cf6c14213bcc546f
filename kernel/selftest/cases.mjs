// The cases of the self-test: what each boots, and what it must show.
import { guestPaths } from '../build/cache.mjs';
import { runProgram } from '../build/programs.mjs';
import { kernelSeriesOf } from '../series/kernel-series.mjs';
import { instructionsBySymbol } from '../xperf/disassembly.mjs';
import { bootGuest } from './boot.mjs';
import { readRuns } from './port-text.mjs';
import {
  accountLosses,
  declaredComplaints,
  exactness,
  runComplaints,
  settlingComplaints,
  summarize,
} from './verdicts.mjs';

/** Every boot ends by then; a guest under emulation on a busy machine needs up to 30 s. */
const TIME_LIMIT_SECONDS = 180;
const NONCE = '5e1f7e57';
/** No whole number of chunks, so that a line that began within one would show. */
const WARMUP = 650;
/** Where the user's stamp stands in each program that counts instructions. */
const STAMP_LABEL = { xperf: 'xperf_marked_stamp', slots: 'xperf_slots_stamp' };

/**
 * @typedef {object} Setting
 * @property {string} series
 * @property {boolean} kpti
 * @property {(variant: string) => { bzImage: string, vmlinux: string }} image
 * @property {string} initramfs
 * @property {number} faults
 */

/** @typedef {Omit<import('../vm/qemu.mjs').Boot, 'consolePath' | 'qmpPath'>} Boot */

/**
 * @param {Setting} setting
 * @param {Partial<Boot> & { program: string, variant?: string }} changes
 * @returns {Boot}
 */
function bootOf({ kpti, image, initramfs }, changes) {
  const { variant = 'hook', ...boot } = changes;
  return { bzImage: image(variant).bzImage, initramfs, kpti, accelerator: 'tcg', parameters: [], ...boot };
}

/**
 * @param {string} probe
 * @param {number} faults
 * @param {number} batch
 */
function xperfParameters(probe, faults, batch) {
  return [
    '--probe',
    probe,
    '--run',
    NONCE,
    '--faults',
    `${faults}`,
    '--warmup',
    `${WARMUP}`,
    '--batch',
    `${batch}`,
    '--cpu',
    '0',
  ];
}

/**
 * @param {Awaited<ReturnType<typeof bootGuest>>} guest
 * @returns {string[]}
 */
function guestComplaints({ port, timedOut, console }, expectedStatus = 0) {
  if (timedOut) return [`the guest did not end within ${TIME_LIMIT_SECONDS} s; console: ${console.slice(-500)}`];
  if (!port.complete) return [`the guest ended early; console: ${console.slice(-500)}`];
  const status = port.exit?.status;
  return status === expectedStatus
    ? []
    : [`the program ended with ${status}: ${port.errors.concat(port.output).join('; ')}`];
}

/**
 * Instructions from the user's stamp, itself included, to the store that faults: as the program was compiled.
 *
 * @param {keyof typeof STAMP_LABEL} program
 */
async function userInstructions(program) {
  const text = await runProgram('objdump', ['-d', '--no-show-raw-insn', guestPaths().program(program)]);
  const { length } = instructionsBySymbol(text).get(STAMP_LABEL[program]) ?? [];
  if (!length) throw new Error(`${program} has no ${STAMP_LABEL[program]}`);
  return length;
}

/**
 * Every unflagged sample equals the number of instructions between its stamps.
 *
 * @param {Setting} setting
 * @param {{ cpuModel?: string, program?: keyof typeof STAMP_LABEL }} [changes]
 */
async function exact(setting, { cpuModel, program = 'xperf' } = {}) {
  const boot = bootOf(setting, {
    accelerator: 'icount',
    program,
    parameters: xperfParameters('pf', setting.faults, 64),
    read: 'after',
    logBufLen: '16M',
    ...(cpuModel === undefined ? {} : { cpuModel }),
  });
  const own = await userInstructions(program);
  const guest = await bootGuest(boot, {
    timeLimitSeconds: TIME_LIMIT_SECONDS,
    vmlinux: setting.image('hook').vmlinux,
    userInstructions: own,
  });
  const complaints = guestComplaints(guest);
  if (complaints.length > 0) return { complaints };
  const { runs, damaged } = readRuns(guest.port.records);
  const run = runs.get(NONCE);
  complaints.push(...runComplaints('exact', run, setting.faults));
  if (damaged.length > 0) complaints.push(`${damaged.length} damaged lines`);
  if (guest.windows === undefined) complaints.push('the entry code was not read from the guest');
  if (complaints.length > 0 || run === undefined || guest.windows === undefined) return { complaints };
  const hookAfter = guest.port.factsAfter.get('/proc/xperf') ?? [];
  complaints.push(...settlingComplaints('exact', run, WARMUP, setting.faults, hookAfter));
  const declared = kernelSeriesOf(setting.series).instructions;
  complaints.push(...declaredComplaints('exact', guest.windows, declared, own));
  const { mismatched, complaints: inexact } = exactness('exact', run, guest.windows);
  return {
    ...summarize(run),
    expected: guest.windows,
    mismatched,
    guestSeconds: guest.seconds,
    complaints: [...complaints, ...inexact],
  };
}

/**
 * Random registers and flags come through every kind of fault unchanged.
 *
 * @param {Setting} setting
 */
async function registers(setting) {
  const guest = await bootGuest(
    bootOf(setting, { program: 'regcheck', parameters: [String(setting.faults)], read: 'no' }),
    { timeLimitSeconds: TIME_LIMIT_SECONDS },
  );
  const complaints = guestComplaints(guest);
  const figures = /faults=(\d+) changed=(\d+) hook=1/.exec(guest.port.output.join('\n'));
  if (!figures) complaints.push('regcheck did not run with the hook');
  return { faults: Number(figures?.[1] ?? 0), changed: Number(figures?.[2] ?? 0), complaints };
}

/**
 * Several unpinned processes and a hog: every line is of its own process, nothing twice, nothing negative.
 *
 * @param {Setting} setting
 */
async function crowd(setting) {
  const processes = 6;
  const faults = 4000;
  const guest = await bootGuest(
    bootOf(setting, { program: 'crowd', parameters: [`${processes}`, `${faults}`, '64'], logBufLen: '16M' }),
    { timeLimitSeconds: TIME_LIMIT_SECONDS },
  );
  const complaints = guestComplaints(guest);
  const { runs, damaged } = readRuns(guest.port.records);
  if (damaged.length > 0) complaints.push(`${damaged.length} damaged lines`);
  if (runs.size !== processes) complaints.push(`${runs.size} runs, expected ${processes}`);
  const pids = new Set();
  const totals = { samples: 0, flagged: 0, rejected: 0, withoutExit: 0 };
  for (const [nonce, run] of runs) {
    complaints.push(...runComplaints(nonce, run, faults));
    for (const pid of run.pids) pids.add(pid);
    const { samples, flagged, rejected } = summarize(run);
    totals.samples += samples;
    totals.flagged += flagged;
    totals.rejected += rejected ?? 0;
    totals.withoutExit += run.samples.filter(({ k2u }) => k2u === -1).length;
  }
  if (pids.size !== processes) complaints.push(`lines of ${pids.size} processes, expected ${processes}`);
  return { processes, ...totals, lostRecords: guest.port.lostRecords, complaints };
}

/**
 * A stock kernel has no /proc/xperf; xperf says so with its own exit code, and still measures round trips.
 *
 * @param {Setting} setting
 */
async function stock(setting) {
  const without = await bootGuest(
    bootOf(setting, { variant: 'stock', program: 'xperf', parameters: xperfParameters('pf', 100, 64) }),
    { timeLimitSeconds: TIME_LIMIT_SECONDS },
  );
  const complaints = guestComplaints(without, 5);
  if (without.port.facts.has('/proc/xperf')) complaints.push('a stock kernel has /proc/xperf');
  const roundTrips = await bootGuest(
    bootOf(setting, { variant: 'stock', program: 'xperf', parameters: xperfParameters('pf_rt', 100, 64) }),
    { timeLimitSeconds: TIME_LIMIT_SECONDS },
  );
  complaints.push(...guestComplaints(roundTrips));
  if (!roundTrips.port.output.some((line) => / end faults=100 /.test(line)))
    complaints.push('no pf_rt run on a stock kernel');
  return { complaints };
}

/**
 * The hook, switched off at boot, refuses and leaves no line.
 *
 * @param {Setting} setting
 */
async function switchedOff(setting) {
  const guest = await bootGuest(
    bootOf(setting, { program: 'xperf', parameters: xperfParameters('pf', 100, 64), append: ['xperf=off'] }),
    { timeLimitSeconds: TIME_LIMIT_SECONDS },
  );
  const complaints = guestComplaints(guest, 7);
  if (readRuns(guest.port.records).runs.size > 0) complaints.push('lines though switched off');
  return { complaints };
}

const USER = 1000;

/**
 * By default root measures and the owner, who is nobody until somebody is named; others are refused and leave no line.
 *
 * @param {Setting} setting
 */
async function owner(setting) {
  const allowed = 0;
  const refused = 7;
  const attempts = [
    { as: 0, append: [], status: allowed },
    { as: USER, append: [], status: refused },
    { as: USER, append: [`xperf_owner=${USER}`], status: allowed },
    { as: USER + 1, append: [`xperf_owner=${USER}`], status: refused },
    { as: USER, append: ['xperf=root', `xperf_owner=${USER}`], status: refused },
    { as: USER, append: ['xperf=any'], status: allowed },
  ];
  /** @type {string[]} */
  const complaints = [];
  for (const { as, append, status } of attempts) {
    const parameters = [`${as}`, 'xperf', ...xperfParameters('pf', 100, 64)];
    const guest = await bootGuest(bootOf(setting, { program: 'as', parameters, append }), {
      timeLimitSeconds: TIME_LIMIT_SECONDS,
    });
    const lines = readRuns(guest.port.records).runs.size;
    const who = `user ${as} with ${append.join(' ') || 'nothing said'}`;
    complaints.push(...guestComplaints(guest, status).map((text) => `${who}: ${text}`));
    if (lines > 0 !== (status === allowed)) complaints.push(`${who}: ${lines} runs in the log`);
  }
  return { attempts: attempts.length, complaints };
}

/**
 * A stamp in an ordinary per-CPU variable must crash the kernel under KPTI, and only there.
 *
 * @param {Setting} setting
 */
async function negativeControl(setting) {
  const limit = setting.kpti ? 60 : TIME_LIMIT_SECONDS;
  const guest = await bootGuest(
    bootOf(setting, { variant: 'negative', program: 'xperf', parameters: xperfParameters('pf', 100, 64) }),
    { timeLimitSeconds: limit },
  );
  const crashed = !guest.port.complete && !guest.timedOut;
  if (crashed === setting.kpti) return { crashed, complaints: [] };
  const complaint = setting.kpti
    ? 'the broken kernel did not crash under KPTI: this self-test could not fail'
    : 'the broken kernel crashed without KPTI';
  return { crashed, timedOut: guest.timedOut, complaints: [complaint] };
}

/**
 * @param {Setting} setting
 * @param {number} faults
 * @param {number} batch
 */
async function ring(setting, faults, batch) {
  const guest = await bootGuest(
    bootOf(setting, { program: 'xperf', parameters: xperfParameters('pf', faults, batch) }),
    {
      timeLimitSeconds: 600,
    },
  );
  const complaints = guestComplaints(guest);
  const { runs, damaged } = readRuns(guest.port.records);
  if (damaged.length > 0) complaints.push(`${damaged.length} damaged lines`);
  const { complaints: unaccounted, ...losses } = accountLosses(
    `ring, batch ${batch}`,
    runs.get(NONCE),
    faults,
    guest.port.lostRecords,
  );
  return {
    batch,
    faults,
    seconds: guest.seconds,
    ...losses,
    lostRecords: guest.port.lostRecords,
    epipes: guest.port.epipes,
    complaints: complaints.concat(unaccounted),
  };
}

/**
 * A million faults through the default ring: in batches nothing is lost; a line each, every loss is accounted for.
 *
 * @param {Setting} setting
 */
async function rings(setting) {
  const batches = await ring(setting, 1_000_000, 64);
  const lines = await ring(setting, 1_000_000, 1);
  const complaints = [...batches.complaints, ...lines.complaints];
  if (batches.lost > 0) complaints.push(`${batches.lost} samples lost though in batches`);
  return { batches, lines, complaints };
}

/** @type {Record<string, { run: (setting: Setting) => Promise<{ complaints: string[] }>, full?: boolean, variants: string[] }>} `full`: only with --full */
export const CASES = {
  exact: { run: (setting) => exact(setting), variants: ['hook'] },
  exactOnIntel: { run: (setting) => exact(setting, { cpuModel: 'Skylake-Server-v1' }), variants: ['hook'] },
  exactOnStack: { run: (setting) => exact(setting, { program: 'slots' }), variants: ['hook'] },
  registers: { run: registers, variants: ['hook'] },
  crowd: { run: crowd, variants: ['hook'] },
  switchedOff: { run: switchedOff, variants: ['hook'] },
  owner: { run: owner, variants: ['hook'] },
  stock: { run: stock, variants: ['stock'] },
  negativeControl: { run: negativeControl, variants: ['negative'] },
  rings: { run: rings, full: true, variants: ['hook'] },
};
