// Why a comparison was refused, and what to do: each reason on a line of its own.
import { h, words } from '../dom.js';

/** @typedef {import('#contracts').Comparison['refusals'][number]} Refusal */

/** A reason without the side's selector, which stands in the form or in the cell. @param {string} reason */
const shortReason = (reason) => reason.replace(/, ".*?",/, '');

/** @param {Refusal} refusal */
const reasonAndRemedy = ({ reason, remedy }) => [
  words(shortReason(reason)),
  h('div', { class: 'quiet' }, words(`To settle it: ${remedy}`)),
];

/** @param {readonly Refusal[]} refusals */
export const refusalList = (refusals) =>
  h(
    'ul',
    { class: 'refusals' },
    refusals.map((refusal) => h('li', {}, reasonAndRemedy(refusal))),
  );

/**
 * Each reason once, with the cells that it refuses: a hint on pointing at a cell is none for a finger or a printer, and a column of reasons
 * makes rows of a screen's height on a phone.
 * @param {readonly import('#contracts').ComparisonCell[]} cells
 * @param {(values: import('#contracts').ComparisonCell['values']) => string} nameOf a cell
 */
export function whyRefused(cells, nameOf) {
  /** @type {Map<string, { refusal: Refusal, names: string[] }>} */
  const byReason = new Map();
  for (const { values, comparison } of cells) {
    for (const refusal of comparison.refusals) {
      const why = `${shortReason(refusal.reason)}: ${refusal.remedy}`;
      const { names } = byReason.get(why) ?? { names: [] };
      byReason.set(why, { refusal, names: [...names, nameOf(values)] });
    }
  }
  if (byReason.size === 0) return null;
  return [
    h('h2', {}, 'Why cells are refused'),
    h(
      'ul',
      { class: 'refusals' },
      [...byReason.values()].map(({ refusal, names }) => [
        h('li', {}, h('strong', {}, words(names.join('; '))), ': ', reasonAndRemedy(refusal)),
      ]),
    ),
  ];
}
