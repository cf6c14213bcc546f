// Where nothing may be measured: without the hook, with the hook off, and by users who are not allowed to.
import { bootGuest } from '../boot.mjs';
import { readRuns } from '../port-text.mjs';
import { bootOf, guestComplaints, TIME_LIMIT_SECONDS, xperfParameters } from './guest-run.mjs';

/** @typedef {import('./guest-run.mjs').Setting} Setting */

/**
 * A stock kernel has no /proc/xperf; xperf says so with its own exit code, and still measures round trips.
 *
 * @param {Setting} setting
 */
export async function stock(setting) {
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
export async function switchedOff(setting) {
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
export async function owner(setting) {
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
