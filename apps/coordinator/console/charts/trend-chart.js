// A level over time: a day's median with its quartiles, and when boot states changed.
import { cycles, nanoseconds, unitName } from '#wording';
import { figure, Plot } from './figure.js';

/** @typedef {import('#contracts').Trends} Trends */
/** @typedef {Trends['series'][number]} Series */

const dayMs = 86_400_000;

/** A change of boot states is named by its letter; beyond the alphabet by a star. */
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
export const letterOf = (/** @type {number} */ index) => letters[index] ?? '*';

/**
 * Points with a hole where the next is so late that a line between them would claim more than was measured: nightly points are
 * joined over a missing night, weekly ones over a week, and an outage is a gap.
 * @param {Series['points']} points
 * @param {'ns' | 'cycles'} unit
 */
function withGaps(points, unit) {
  const known = points.flatMap((point) => {
    const band = point[unit];
    const { hosts, runs, runId } = point;
    return band === null ? [] : [{ ...band, at: new Date(point.at), hosts, runs, runId }];
  });
  const times = known.map(({ at }) => at.getTime());
  const apart = times.slice(1).map((time, i) => time - /** @type {number} */ (times[i]));
  const usual = [...apart].sort((x, y) => x - y)[Math.floor(apart.length / 2)] ?? dayMs;
  const hole = { q1: NaN, p50: NaN, q3: NaN, hosts: 0, runs: 0, runId: null };
  return known.flatMap((point, i) =>
    i > 0 && /** @type {number} */ (apart[i - 1]) > Math.max(2.5 * dayMs, 3 * usual)
      ? [{ ...hole, at: new Date(point.at.getTime() - 1) }, point]
      : [point],
  );
}

/** Pixels of a letter with the space beside it. */
const letterWidth = 12;

/**
 * The letters of marks that stand so near that they would be drawn over each other are joined, at the middle of their marks.
 * @param {{ at: Date, letter: string }[]} marks by time
 * @param {{ from: Date, to: Date }} span
 * @param {number} width of the plot in pixels
 */
export function lettersApart(marks, { from, to }, width) {
  const pixelMs = (to.getTime() - from.getTime()) / width;
  /** @type {{ at: Date, letter: string }[]} */
  const labels = [];
  for (const { at, letter } of marks) {
    const last = labels.at(-1);
    const joined = last ? `${last.letter}${letter}` : letter;
    // A joined label is wider by a letter for each, and stands between its marks.
    const reach = ((last?.letter.length ?? 0) + 1) * (letterWidth / 2) * pixelMs;
    if (last && at.getTime() - last.at.getTime() < reach) {
      last.at = new Date((last.at.getTime() * (joined.length - 1) + at.getTime()) / joined.length);
      last.letter = joined;
    } else labels.push({ at, letter });
  }
  return labels;
}

/**
 * @param {object} of
 * @param {Series} of.series
 * @param {string} of.name
 * @param {'ns' | 'cycles'} of.unit
 * @param {Pick<Trends, 'since' | 'until' | 'changes' | 'resolution'>} of.trends whose time line all charts of a page share
 * @param {string} [of.runId] a run that is pointed out
 */
export function trendChart({ series, name, unit, trends, runId }) {
  const { since, until, changes, resolution } = trends;
  const points = withGaps(series.points, unit);
  const real = points.filter(({ p50 }) => !Number.isNaN(p50));
  const figureOf = unit === 'ns' ? nanoseconds : cycles;
  const [first, last] = [real[0], real.at(-1)];
  const pointedOut = runId === undefined ? [] : real.filter((point) => point.runId === runId);
  // A day's point stands at its beginning, which may be before the moment that was asked from.
  const from = new Date(resolution === 'day' ? since.slice(0, 10) : since);
  const isLine = resolution === 'day' && real.length >= 30;
  const span = { from, to: new Date(until) };
  const marks = changes.map((change, i) => ({ at: new Date(change.from), letter: letterOf(i) }));
  const day = (/** @type {Date} */ at) =>
    at
      .toISOString()
      .slice(0, resolution === 'day' ? 10 : 16)
      .replace('T', ' ');
  const says =
    first && last
      ? `from ${figureOf(first.p50)} on ${day(first.at)} to ${figureOf(last.p50)} on ${day(last.at)}`
      : 'no point';
  const drawn =
    resolution === 'run'
      ? `Dots: the medians of runs.${pointedOut.length > 0 ? ' The ring: this run.' : ''}`
      : series.hosts === 1
        ? 'Line: median of a day’s runs; band: their quartiles.'
        : 'Line: median over hosts of a day’s medians; band: quartiles over hosts.';
  return figure({
    label: `${name}: ${says}, ${unitName[unit]}.`,
    caption: `${name}; ${series.executor}, ${series.provenance}; ${unitName[unit]}. ${drawn}`,
    height: 170,
    plot: (width) => ({
      marginLeft: 56,
      marginTop: 22,
      marginBottom: 30,
      marginRight: 16,
      x: { type: 'utc', domain: [span.from, span.to], label: null, ticks: width / 110 },
      y: { label: unitName[unit], labelArrow: 'none', grid: true, nice: true, ticks: 4, tickFormat: figureOf },
      marks: [
        Plot.frame({ stroke: 'var(--line)' }),
        Plot.ruleX(marks, { x: 'at', stroke: 'var(--quiet)', strokeDasharray: '2 3' }),
        Plot.text(lettersApart(marks, span, width - 72), {
          x: 'at',
          text: 'letter',
          frameAnchor: 'top',
          dy: -14,
          fill: 'var(--quiet)',
        }),
        ...(resolution === 'day'
          ? [
              Plot.areaY(points, { x: 'at', y1: 'q1', y2: 'q3', fill: 'var(--series-a)', fillOpacity: 0.2 }),
              Plot.lineY(points, { x: 'at', y: 'p50', stroke: 'var(--series-a)', strokeWidth: 1.5 }),
            ]
          : []),
        // A few points by themselves have to be seen; many days are a line.
        Plot.dot(real, { x: 'at', y: 'p50', r: isLine ? 1.5 : 2.5, fill: 'var(--series-a)' }),
        Plot.dot(pointedOut, { x: 'at', y: 'p50', r: 7, stroke: 'var(--series-b)', strokeWidth: 2.5 }),
        Plot.tip(
          real,
          Plot.pointerX({
            x: 'at',
            y: 'p50',
            title: (/** @type {(typeof real)[number]} */ p) =>
              `${day(p.at)}\n${figureOf(p.p50)} ${unitName[unit]} (${figureOf(p.q1)} to ${figureOf(p.q3)})\n${p.runs} runs on ${p.hosts} hosts`,
          }),
        ),
      ],
    }),
  });
}
