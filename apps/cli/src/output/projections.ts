import type { ProjectionView } from '#contracts';
import { count, none } from '#wording';
import { table } from './format.js';

export function projectionsText(projections: readonly ProjectionView[]): string {
  return table(
    ['projection', 'version ', 'behind ', 'for ', 'state'],
    projections.map(({ name, version, lagEvents, lagSeconds, filledPercent }) => [
      name,
      version === null ? none : String(version),
      count(lagEvents),
      lagEvents === 0 ? none : `${lagSeconds.toFixed(1)} s`,
      filledPercent === null ? 'live' : `filling ${filledPercent} %`,
    ]),
  );
}

export function rebuiltText({ name, version }: ProjectionView): string {
  return `${name} was refilled from history (version ${version ?? none})`;
}
