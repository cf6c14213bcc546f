import type { BandRecord, CalibrationRow } from '#entry-sim';
import { band, figure, none, ratio, wholePercent } from '#wording';
import { type Column, type Look, plainLook } from './columns.js';
import { tableText } from './listing.js';

/** How often each band held on figures that the model was not fitted to. */
function bandsText(rows: readonly BandRecord[], look: Look): string {
  const of = (held: number | null, figures: number): string => (held === null ? none : `${held} of ${figures}`);
  const columns: Column<BandRecord>[] = [
    { head: 'band of', of: ({ what }) => what },
    { head: 'band ', of: ({ band: width }) => band(width) },
    { head: 'held ', of: ({ figures, held }) => (figures === 0 ? 'no figure' : of(held, figures)) },
    { head: 'made of the others, held ', of: ({ figures, heldByOthers }) => of(heldByOthers, figures) },
    {
      ...{ head: 'widest miss ', spare: true },
      of: ({ widestMiss }) => (widestMiss === null ? none : wholePercent(widestMiss)),
    },
  ];
  return tableText({ columns, rows }, look);
}

const columns: readonly Column<CalibrationRow>[] = [
  { head: 'figure', of: ({ what }) => what, cut: true },
  { head: 'CPU', of: ({ cpu }) => cpu ?? none, cut: true, spare: true },
  { head: 'published ', of: ({ value, unit }) => `${figure(value)} ${unit}` },
  { head: 'simulated ', of: ({ simulated }) => figure(simulated) },
  { head: 'ratio ', of: (row) => ratio(row.ratio) },
  { head: 'band ', of: ({ errorBand }) => band(errorBand) },
  { head: 'within', of: ({ within }) => (within === null ? none : within ? 'yes' : 'no') },
  { head: 'role', of: ({ role }) => role },
  { head: 'trust', of: ({ trust }) => trust, spare: true },
];

/** Published, simulated, ratio; then the notes of those that need one. */
export function calibrationText(
  rows: readonly CalibrationRow[],
  bands: readonly BandRecord[],
  look: Look = plainLook,
): string {
  const notes = rows.flatMap(({ what, note }) => (note === null ? [] : [`${what}: ${note}`]));
  return [
    tableText({ columns, rows }, look),
    '',
    ...notes,
    '',
    bandsText(bands, look),
    '',
    'check: the model knows nothing of it. anchor: constants were chosen with it in view. input: it is a constant of the model.',
  ].join('\n');
}
