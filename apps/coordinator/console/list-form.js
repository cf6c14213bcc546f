// What a list is searched and narrowed by. What is asked stands in the address, so that it can be shared and is there again after a step
// back.
import { h } from './dom.js';
import { choiceField, textField } from './fields.js';

/** Until a person stops typing. */
const typingMs = 300;

/**
 * What a list can be narrowed by: a choice where it has options, else a text.
 * @typedef {object} Filter
 * @property {string} name parameter of the API and of the address
 * @property {string} label
 * @property {import('./fields.js').Options} [options] the first is `''`: all
 * @property {string} [placeholder]
 */

/**
 * What is asked, in the address.
 * @param {readonly string[]} names of all that can be asked
 * @param {URLSearchParams} asked
 */
export function tellAddress(names, asked) {
  const [page = '', now] = location.hash.split('?');
  const whole = new URLSearchParams(now ?? '');
  for (const name of names) whole.delete(name);
  for (const [name, value] of asked) whole.set(name, value);
  const text = whole.toString();
  history.replaceState(null, '', text === '' ? page : `${page}?${text}`);
}

/**
 * @param {object} of
 * @param {string} of.caption
 * @param {string} [of.search] what a search looks in; none without it
 * @param {Filter[]} of.filters
 * @param {URLSearchParams} of.asked is changed to what a person asks for
 * @param {() => Promise<void>} of.ask is called then
 */
export function listForm({ caption, search, filters, asked, ask }) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let typing;
  const idOf = (/** @type {string} */ name) => `${caption.toLowerCase().replaceAll(/\W+/g, '-')}-${name}`;
  /** @param {HTMLFormElement} form */
  function apply(form) {
    clearTimeout(typing);
    const now = new Map([...asked].filter(([name]) => name === 'sort'));
    for (const [name, value] of new FormData(form)) {
      if (typeof value === 'string' && value.trim() !== '') now.set(name, value.trim());
    }
    if (new URLSearchParams([...now]).toString() === asked.toString()) return;
    for (const name of [...asked.keys()]) asked.delete(name);
    for (const [name, value] of now) asked.set(name, value);
    void ask();
  }
  /** @param {Filter} filter */
  const field = ({ name, label, options, placeholder }) =>
    options
      ? choiceField(name, label, options, asked.get(name), { id: idOf(name) })
      : textField(name, label, asked.get(name), { id: idOf(name), placeholder });
  return h(
    'form',
    {
      class: 'narrow',
      role: 'search',
      'aria-label': `Search ${caption.toLowerCase()}`,
      onsubmit: (event) => {
        event.preventDefault();
        apply(event.target);
      },
      onchange: (event) => {
        if (event.target.form) apply(event.target.form);
      },
      oninput: (event) => {
        if (event.target.type !== 'search' || !event.target.form) return;
        const { form } = event.target;
        clearTimeout(typing);
        typing = setTimeout(() => apply(form), typingMs);
      },
    },
    search &&
      textField('q', 'Search', asked.get('q'), {
        ...{ id: idOf('q'), type: 'search', placeholder: search, maxlength: 100 },
      }),
    filters.map(field),
    h('button', {}, 'Show'),
  );
}
