import type { CalibrationRow } from '#entry-sim';
import { table } from './format.js';
import { percent } from './sim-machine.js';

const figure = (value: number | null): string => (value === null ? '–' : String(Number(value.toPrecision(4))));

/** Published, simulated, ratio; then the notes of those that need one. */
export function calibrationText(rows: readonly CalibrationRow[]): string {
  const head = ['figure', 'CPU', 'published ', 'simulated ', 'ratio ', 'band ', 'within', 'role', 'trust'];
  const body = rows.map((row) => [
    row.what,
    row.cpu ?? '–',
    `${figure(row.value)} ${row.unit}`,
    figure(row.simulated),
    row.ratio === null ? '–' : row.ratio.toFixed(2),
    row.errorBand === null ? '–' : percent(row.errorBand),
    row.within === null ? '–' : row.within ? 'yes' : 'no',
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
