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
  return figure({
    label: `${label}. ${drawn.map(({ words }) => words).join('; ')}.`,
    caption,
    height: panels.length * (lines.length * 22 + 24) + 60,
    plot: (width) => ({
      marginLeft: Math.min(longest * 6.6 + 16, width * 0.4),
      marginRight: width < 500 ? 16 : 64,
      marginTop: 14,
      marginBottom: 42,
      x: { ...logCycles(least * 0.96, most * 1.04, width), label: `${unit} (log scale)`, grid: true },
      y: { label: null, domain: lines },
      fy: { label: null, domain: panels, axis: width < 500 ? null : 'right', padding: 0.12 },
      marks: [
        Plot.frame({ stroke: 'var(--line)' }),
        width < 500 &&
          Plot.text(panels, {
            fy: (/** @type {string} */ panel) => panel,
            text: (/** @type {string} */ panel) => panel,
            frameAnchor: 'top-right',
            dx: -4,
            dy: 4,
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
