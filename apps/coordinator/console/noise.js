// What disturbed the machines that runs were measured on; silent of quiet ones and of runs that nobody asked about.
import { h } from './dom.js';
import { state } from './format.js';

function why({ verdict, reasons, unknown, notSet }) {
  const known = verdict === 'noisy' ? reasons : unknown.map((knob) => `${knob} can’t be read`);
  return [...known, ...(notSet.length > 0 ? [`could not be set: ${notSet.join(', ')}`] : [])].join('; ');
}

/** Beside the provenance: `noisy machine`, so that it is not overlooked. */
export const noiseMark = (noise) => (noise?.verdict === 'noisy' ? [' ', state('noisy machine')] : null);

/** `noisy: governor powersave; turbo on`; null where nothing was asked. */
export function noiseText(noise) {
  if (noise === null) return null;
  return noise.verdict === 'quiet' ? 'quiet' : `${noise.verdict}: ${why(noise)}`;
}

/** One note for each host whose runs were on a noisy machine. */
export function noiseNotes(rows) {
  const noisy = rows.filter(({ noise }) => noise?.verdict === 'noisy');
  const lines = new Set(
    noisy.map(({ hostId, noise }) => `${hostId} was noisy: ${why(noise)}. xf doctor there says more.`),
  );
  return [...lines].map((line) => h('p', { class: 'warning', role: 'note' }, line));
}
