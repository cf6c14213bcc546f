// Ranges side by side: a line from low to high with a dot between, for each thing in each panel.
import { figure, logCycles, Plot } from './figure.js';

/**
 * @template Row
 * @typedef {object} Ranges
 * @property {Row[]} rows
 * @property {(row: Row) => string} panelOf what a panel is of; one panel below the other
 * @property {(row: Row) => string} lineOf what a line is of, at the left
 * @property {(row: Row) => [low: number, dot: number, high: number]} rangeOf
 * @property {(row: Row) => string} says the row in words
 * @property {string} unit
 * @property {string} label what the chart is of
 * @property {string} caption
 */

/** Of the figures' font, in pixels, on average. */
const letterWidth = 6.6;

/**
 * A label that is longer than its place keeps its beginning and its end, where names differ.
 * @param {number} letters that there is room for
 */
const shortenedTo = (letters) => (/** @type {string} */ text) => {
  const room = Math.max(8, Math.floor(letters));
  if (text.length <= room) return text;
  const head = Math.ceil((room - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(head - room + 1)}`;
};

/**
 * @template Row
 * @param {Ranges<Row>} of
 */
export function rangeChart({ rows, panelOf, lineOf, rangeOf, says, unit, label, caption }) {
  const drawn = rows.map((row) => {
    const [low, dot, high] = rangeOf(row);
    return { panel: panelOf(row), line: lineOf(row), low, dot, high, words: says(row) };
  });
  const panels = [...new Set(drawn.map(({ panel }) => panel))];
  const lines = [...new Set(drawn.map(({ line }) => line))].sort();
  const [least, most] = [Math.min(...drawn.map(({ low }) => low)), Math.max(...drawn.map(({ high }) => high))];
  const longest = Math.max(...lines.map((line) => line.length));
  const widestPanel = Math.max(...panels.map((panel) => panel.length)) * letterWidth + 20;
  return figure({
    label: `${label}. ${drawn.map(({ words }) => words).join('; ')}.`,
    caption,
    height: panels.length * (lines.length * 22 + 24) + 60,
    plot: (width) => ({
      marginLeft: Math.min(longest * letterWidth + 16, width * 0.4),
      marginRight: width < 500 ? 16 : widestPanel,
      marginTop: width < 500 ? 20 : 14,
      marginBottom: 42,
      x: { ...logCycles(least * 0.96, most * 1.04, width), label: `${unit} (log scale)`, grid: true },
      y: { label: null, domain: lines, tickFormat: shortenedTo((width * 0.4 - 16) / letterWidth) },
      fy: { label: null, domain: panels, axis: width < 500 ? null : 'right', padding: width < 500 ? 0.2 : 0.12 },
      marks: [
        Plot.frame({ stroke: 'var(--line)' }),
        width < 500 &&
          Plot.text(panels, {
            fy: (/** @type {string} */ panel) => panel,
            text: (/** @type {string} */ panel) => panel,
            frameAnchor: 'top-left',
            lineAnchor: 'bottom',
            dy: -3,
            fontWeight: 'bold',
          }),
        Plot.ruleY(drawn, { fy: 'panel', y: 'line', x1: 'low', x2: 'high', strokeWidth: 2, stroke: 'var(--series-a)' }),
        Plot.dot(drawn, { fy: 'panel', y: 'line', x: 'dot', r: 4, fill: 'var(--series-a)' }),
        Plot.tip(
          drawn,
          Plot.pointer({
            fy: 'panel',
            y: 'line',
            x: 'dot',
            title: (/** @type {{ words: string }} */ { words }) => words.replaceAll(/[:,] (?=[a-z]+\d* )/g, '\n'),
          }),
        ),
      ].filter((mark) => mark !== false),
    }),
  });
}
