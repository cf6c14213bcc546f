import type { CalibrationRow } from '#entry-sim';
import { band, figure, none, ratio } from '#wording';
import { table } from './format.js';

/** Published, simulated, ratio; then the notes of those that need one. */
export function calibrationText(rows: readonly CalibrationRow[]): string {
  const head = ['figure', 'CPU', 'published ', 'simulated ', 'ratio ', 'band ', 'within', 'role', 'trust'];
  const body = rows.map((row) => [
    row.what,
    row.cpu ?? none,
    `${figure(row.value)} ${row.unit}`,
    figure(row.simulated),
    ratio(row.ratio),
    band(row.errorBand),
    row.within === null ? none : row.within ? 'yes' : 'no',
    row.role,
    row.trust,
  ]);
  const notes = rows.flatMap(({ what, note }) => (note === null ? [] : [`${what}: ${note}`]));
  return [
    table(head, body),
    '',
    ...notes,
    '',
    'check: the model knows nothing of it. anchor: constants were chosen with it in view. input: it is a constant of the model.',
  ].join('\n');
}
