// What disturbed the machines that runs were measured on; silent of quiet ones and of runs that nobody asked about.
import { notes } from './dom.js';
import { state } from './format.js';
import { floorMark as markText, floorNotes, isFlagged, noisiest, noiseNotes as notesOf, noisyMachine } from '#wording';

/**
 * Beside the provenance: `noisy machine`, so that it is not overlooked.
 * @param {import('#contracts').Noise | null} noise
 */
export const noiseMark = (noise) => (noise?.verdict === 'noisy' ? [' ', state(noisyMachine)] : null);

/**
 * Beside a figure of a host above the noise limit: `noise D 2.4 %`.
 * @param {Pick<import('#contracts').NoiseFloor, 'floor' | 'grade'> | null} floor
 */
export const floorMark = (floor) => (isFlagged(floor) ? [' ', state(markText(floor))] : null);

/**
 * The same beside a run, whose metrics may differ in it.
 * @param {import('#contracts').RunView} run
 */
export const runFloorMark = ({ results }) => floorMark(noisiest(results.flatMap(({ noiseFloor }) => noiseFloor ?? [])));

/**
 * Which hosts' runs were not on a quiet machine, and which are above the noise limit.
 * @param {import('#contracts').JobResultRow[]} rows
 */
export const noiseNotes = (rows) => [notes(notesOf(rows)), notes(floorNotes(rows))];

/**
 * In which metrics of a run its host is above the noise limit.
 * @param {import('#contracts').RunView} run
 */
export const resultNotes = ({ hostId, results }) =>
  notes(floorNotes(results.map(({ metric, noiseFloor }) => ({ hostId, metric, noiseFloor }))));
