// When which boot state was measured: a line for each executor, a bar for each boot state.
import { figure, Plot } from './figure.js';
import { letterOf } from './trend-chart.js';

/**
 * @param {import('#contracts').HostBootStates} states at least one
 * @param {{ from: Date, to: Date }} span
 */
export function bootTimeline({ hostId, items }, { from, to }) {
  const bars = items.map((item, i) => ({
    line: `${item.executor}, ${item.provenance}`,
    from: new Date(item.from),
    to: new Date(item.to),
    // Two colours in turn tell neighbours apart; the letter tells which it is.
    colour: i % 2 === 0 ? 'var(--series-a)' : 'var(--series-b)',
    letter: letterOf(i),
    what: item.changed.map(({ field, from: was, to: is }) => `${field} ${was ?? 'not known'} → ${is ?? 'not known'}`),
  }));
  const lines = [...new Set(bars.map(({ line }) => line))].sort();
  const day = (/** @type {Date} */ at) => at.toISOString().slice(0, 16).replace('T', ' ');
  return figure({
    label: `Boot states of ${hostId}: ${bars.length}, from ${day(from)} to ${day(to)} UTC.`,
    caption: 'Bar: from the first to the last run under one boot state. The letters stand in the table below; UTC.',
    height: lines.length * 46 + 44,
    plot: (width) => ({
      // As a trend's chart above it, so that the same day stands below the same day.
      marginLeft: 56,
      marginRight: 16,
      marginTop: 4,
      marginBottom: 30,
      x: { type: 'utc', domain: [from, to], label: null, ticks: width / 110 },
      y: { axis: null, domain: lines, padding: 0.2 },
      marks: [
        Plot.text(lines, {
          y: (/** @type {string} */ line) => line,
          text: (/** @type {string} */ line) => line,
          frameAnchor: 'left',
          dy: -14,
          fill: 'var(--quiet)',
        }),
        Plot.ruleY(bars, { y: 'line', x1: 'from', x2: 'to', stroke: 'colour', strokeWidth: 9, strokeLinecap: 'butt' }),
        Plot.tickX(bars, { x: 'from', y: 'line', stroke: 'colour', strokeWidth: 3, insetTop: 10, insetBottom: 10 }),
        Plot.text(lettersThatFit(bars, from, to, width - 72), {
          x: 'from',
          y: 'line',
          text: 'letter',
          textAnchor: 'start',
          dx: 1,
          dy: 12,
          fontWeight: 'bold',
        }),
        Plot.tip(
          bars,
          Plot.pointerX({
            x: 'from',
            y: 'line',
            title: (/** @type {(typeof bars)[number]} */ bar) =>
              [`${bar.letter}: ${day(bar.from)} to ${day(bar.to)}`, ...bar.what].join('\n'),
          }),
        ),
      ],
    }),
  });
}

/**
 * Letters that stand at least their own width apart on their line; the others are told by the table and on pointing at them.
 * @template {{ line: string, from: Date }} Bar
 * @param {Bar[]} bars
 * @param {Date} from
 * @param {Date} to
 * @param {number} width in pixels
 */
function lettersThatFit(bars, from, to, width) {
  const apartMs = ((to.getTime() - from.getTime()) / width) * 12;
  /** @type {Map<string, number>} */
  const last = new Map();
  return bars.filter((bar) => {
    if (bar.from.getTime() - (last.get(bar.line) ?? -Infinity) < apartMs) return false;
    last.set(bar.line, bar.from.getTime());
    return true;
  });
}
