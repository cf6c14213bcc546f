import { h } from '../dom.js';
import { count } from '#wording';

/**
 * A count of losses that can't be overlooked.
 * @param {number} n
 */
export function lost(n) {
  return n > 0 ? h('span', { class: 'warn' }, count(n)) : '0';
}
