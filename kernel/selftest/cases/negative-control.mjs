// The kernel that has to crash: without it, nothing would show that the self-test can fail.
import { bootGuest } from '../boot.mjs';
import { bootOf, TIME_LIMIT_SECONDS, xperfParameters } from './guest-run.mjs';

/** @typedef {import('./guest-run.mjs').Setting} Setting */

/**
 * A stamp in an ordinary per-CPU variable must crash the kernel under KPTI, and only there.
 *
 * @param {Setting} setting
 */
export async function negativeControl(setting) {
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
