import { h } from '../dom.js';

/** @param {string} word */
const short = (word) => `…${word.slice(-7)}`;

/** @typedef {import('#contracts').SimExplanation['steps'][number]['stack']} Stack */

/**
 * A stack as boxes, high addresses on top, with RSP pointing at its slot; slots that the step wrote stand out.
 * @param {Stack} stack
 * @param {Stack} before the step
 * @param {string} stackName
 */
export function stackPicture(stack, before, stackName) {
  const old = new Map(before.map(({ address, value }) => [address, value]));
  const drawn = [...stack].sort((a, b) => (a.address < b.address ? 1 : -1));
  const rows = drawn.flatMap((slot, index) => {
    const above = drawn[index - 1];
    const gap = above !== undefined && BigInt(above.address) - BigInt(slot.address) > 8n;
    const fresh = old.get(slot.address) !== slot.value;
    return [
      gap ? h('li', { class: 'gap' }, h('span', {}, '⋮')) : null,
      h(
        'li',
        { class: [fresh && 'fresh', slot.top && 'top'].filter(Boolean).join(' ') || null },
        h('code', { class: 'address' }, short(slot.address)),
        h('code', { class: 'slot', title: slot.value }, slot.meaning || slot.value),
        h('span', { class: 'pointer' }, slot.top ? '◄ RSP' : ''),
      ),
    ];
  });
  return h(
    'figure',
    { class: 'stack' },
    h('ol', { 'aria-label': `The ${stackName} stack, high addresses first` }, rows),
    h('figcaption', {}, `The ${stackName} stack, high addresses on top. Outlined: written by this step.`),
  );
}
