// Whether every sample is the number of instructions between its stamps.
import { guestPaths } from '../../build/cache.mjs';
import { runProgram } from '../../build/programs.mjs';
import { kernelSeriesOf } from '../../series/kernel-series.mjs';
import { instructionsBySymbol } from '../../xperf/disassembly.mjs';
import { bootGuest } from '../boot.mjs';
import { readRuns } from '../port-text.mjs';
import { declaredComplaints, exactness, runComplaints, settlingComplaints, summarize } from '../verdicts.mjs';
import { bootOf, guestComplaints, NONCE, TIME_LIMIT_SECONDS, WARMUP, xperfParameters } from './guest-run.mjs';

/** @typedef {import('./guest-run.mjs').Setting} Setting */

/** Where the user's stamp stands in each program that counts instructions. */
const STAMP_LABEL = { xperf: 'xperf_marked_stamp', slots: 'xperf_slots_stamp' };

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
export async function exact(setting, { cpuModel, program = 'xperf' } = {}) {
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
