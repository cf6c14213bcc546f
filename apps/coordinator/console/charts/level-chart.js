// The days of a host in the levels that a finding is judged by, with the medians that other charts show where the two differ.
import { cycles, nanoseconds, unitName } from '#wording';
import { figure, Plot } from './figure.js';

/** @typedef {import('#contracts').FindingDetail} FindingDetail */

const dayMs = 86_400_000;
/** Level and median look like one line where they differ by less. */
const visible = 0.001;

/**
 * @param {FindingDetail['levels'][number]} host
 * @param {Pick<FindingDetail, 'fromDay' | 'toDay' | 'executor' | 'provenance'>} finding
 */
export function levelChart({ hostId, unit, days }, { fromDay, toDay, executor, provenance }) {
  const points = days.map((one) => ({ ...one, at: new Date(one.day) }));
  const medians = points.some(({ level, median }) => Math.abs(level / median - 1) > visible);
  const figureOf = unit === 'ns' ? nanoseconds : cycles;
  const [first, last] = [points[0], points.at(-1)];
  const says =
    first && last
      ? `from ${figureOf(first.level)} on ${first.day} to ${figureOf(last.level)} on ${last.day}`
      : 'no day';
  /** A new boot state, and a night without runs, break the line. */
  const stretches = points.reduce((/** @type {number[]} */ kept, { at, bootStateHash }, i) => {
    const before = points[i - 1];
    const joined =
      before && before.bootStateHash === bootStateHash && at.getTime() - before.at.getTime() <= 2.5 * dayMs;
    return [...kept, (kept.at(-1) ?? 0) + (joined ? 0 : 1)];
  }, []);
  const line = {
    x: 'at',
    z: (/** @type {unknown} */ _, /** @type {number} */ i) => stretches[i],
    stroke: 'var(--series-a)',
  };
  return figure({
    label: `${hostId}: ${says}, ${unitName[unit]}.`,
    caption: `${hostId}; ${executor}, ${provenance}; ${unitName[unit]}. Line: the days’ levels, by which it is judged (means of grouped medians)${medians ? '; dashes: medians, which the clock’s steps round' : ''}. Band: when it changed.`,
    height: 170,
    plot: (width) => ({
      marginLeft: 56,
      marginTop: 12,
      marginBottom: 30,
      marginRight: 16,
      x: { type: 'utc', label: null, ticks: width / 110 },
      y: { label: unitName[unit], labelArrow: 'none', grid: true, nice: true, ticks: 4, tickFormat: figureOf },
      marks: [
        Plot.frame({ stroke: 'var(--line)' }),
        Plot.rectX([{ from: new Date(fromDay), to: new Date(Date.parse(toDay) + dayMs) }], {
          x1: 'from',
          x2: 'to',
          fill: 'var(--quiet)',
          fillOpacity: 0.2,
        }),
        ...(medians ? [Plot.lineY(points, { ...line, y: 'median', strokeWidth: 1, strokeDasharray: '2 3' })] : []),
        Plot.lineY(points, { ...line, y: 'level', strokeWidth: 1.5 }),
        Plot.dot(points, { x: 'at', y: 'level', r: 2, fill: 'var(--series-a)' }),
        Plot.tip(
          points,
          Plot.pointerX({
            x: 'at',
            y: 'level',
            title: (/** @type {(typeof points)[number]} */ p) =>
              `${p.day}\nlevel ${figureOf(p.level)} ${unitName[unit]}\nmedian ${figureOf(p.median)}`,
          }),
        ),
      ],
    }),
  });
}
