// Whether the hook leaves registers alone and keeps processes apart.
import { bootGuest } from '../boot.mjs';
import { readRuns } from '../port-text.mjs';
import { runComplaints, summarize } from '../verdicts.mjs';
import { bootOf, guestComplaints, TIME_LIMIT_SECONDS } from './guest-run.mjs';

/** @typedef {import('./guest-run.mjs').Setting} Setting */

/**
 * Random registers and flags come through every kind of fault unchanged.
 *
 * @param {Setting} setting
 */
export async function registers(setting) {
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
export async function crowd(setting) {
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
