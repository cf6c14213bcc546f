import type { BandRecord, CalibrationRow } from '#entry-sim';
import { band, figure, none, ratio, wholePercent } from '#wording';
import { table } from './format.js';

/** How often each band held on figures that the model was not fitted to. */
function bandsText(bands: readonly BandRecord[]): string {
  const of = (held: number | null, figures: number): string => (held === null ? none : `${held} of ${figures}`);
  const head = ['band of', 'band ', 'held ', 'made of the others, held ', 'widest miss '];
  const body = bands.map(({ what, band: width, figures, held, heldByOthers, widestMiss }) => [
    what,
    band(width),
    figures === 0 ? 'no figure' : of(held, figures),
    of(heldByOthers, figures),
    widestMiss === null ? none : wholePercent(widestMiss),
  ]);
  return table(head, body);
}

/** Published, simulated, ratio; then the notes of those that need one. */
export function calibrationText(rows: readonly CalibrationRow[], bands: readonly BandRecord[]): string {
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
    bandsText(bands),
    '',
    'check: the model knows nothing of it. anchor: constants were chosen with it in view. input: it is a constant of the model.',
  ].join('\n');
}
