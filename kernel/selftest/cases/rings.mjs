// What a full kernel log loses, and whether every loss is accounted for.
import { bootGuest } from '../boot.mjs';
import { readRuns } from '../port-text.mjs';
import { accountLosses } from '../verdicts.mjs';
import { bootOf, guestComplaints, NONCE, xperfParameters } from './guest-run.mjs';

/** @typedef {import('./guest-run.mjs').Setting} Setting */

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
export async function rings(setting) {
  const batches = await ring(setting, 1_000_000, 64);
  const lines = await ring(setting, 1_000_000, 1);
  const complaints = [...batches.complaints, ...lines.complaints];
  if (batches.lost > 0) complaints.push(`${batches.lost} samples lost though in batches`);
  return { batches, lines, complaints };
}
