import type { ProjectionView } from '#contracts';
import { count, none } from '#wording';
import { type Look, numbers, plainLook } from './columns.js';
import { type Listing, tableText } from './listing.js';

export const projectionsListing = (rows: readonly ProjectionView[]): Listing<ProjectionView> => ({
  columns: [
    { head: 'projection', of: ({ name }) => name },
    numbers(
      'version',
      ({ version }) => version,
      (version) => String(version ?? none),
    ),
    numbers('behind', ({ lagEvents }) => lagEvents, count),
    {
      ...{ head: 'for ', raw: ({ lagSeconds }: ProjectionView) => lagSeconds },
      of: ({ lagEvents, lagSeconds }) => (lagEvents === 0 ? none : `${lagSeconds.toFixed(1)} s`),
    },
    { head: 'state', of: ({ filledPercent }) => (filledPercent === null ? 'live' : `filling ${filledPercent} %`) },
  ],
  rows,
  name: ({ name }) => name,
});

export const projectionsText = (projections: readonly ProjectionView[], look: Look = plainLook): string =>
  tableText(projectionsListing(projections), look);

export function rebuiltText({ name, version }: ProjectionView): string {
  return `${name} was refilled from history (version ${version ?? none})`;
}
