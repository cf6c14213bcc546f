// What disturbed the machines that runs were measured on; silent of quiet ones and of runs that nobody asked about.
import { h } from './dom.js';
import { state } from './format.js';
import { noiseNotes as notesOf, noisyMachine } from './wording/src/index.js';

/**
 * Beside the provenance: `noisy machine`, so that it is not overlooked.
 * @param {import('#contracts').Noise | null} noise
 */
export const noiseMark = (noise) => (noise?.verdict === 'noisy' ? [' ', state(noisyMachine)] : null);

/**
 * A note for each host whose runs were not on a quiet machine.
 * @param {import('#contracts').JobResultRow[]} rows
 */
export const noiseNotes = (rows) => notesOf(rows).map((note) => h('p', { class: 'warning', role: 'note' }, note));
