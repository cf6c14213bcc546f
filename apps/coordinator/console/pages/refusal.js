// Why a comparison was refused, and what to do: each reason on a line of its own.
import { h, words } from '../dom.js';

/** @typedef {import('#contracts').Comparison['refusals'][number]} Refusal */

/** A reason without the side's selector, which stands in the form or in the cell. @param {string} reason */
export const shortReason = (reason) => reason.replace(/, ".*?",/, '');

/** @param {readonly Refusal[]} refusals */
export const refusalList = (refusals) =>
  h(
    'ul',
    { class: 'refusals' },
    refusals.map(({ reason, remedy }) =>
      h('li', {}, words(shortReason(reason)), h('div', { class: 'quiet' }, words(`To settle it: ${remedy}`))),
    ),
  );
