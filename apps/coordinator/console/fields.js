// What every form is made of: a text, a choice, and terms of a selector that a click puts in.
import { h } from './dom.js';
import { counted } from '#wording';

/** @typedef {readonly (readonly [value: string, text: string])[]} Options */

/**
 * A text with its label.
 * @param {string} name of the parameter
 * @param {string} label
 * @param {string | null | undefined} value
 * @param {Record<string, unknown>} [more] attributes
 */
export function textField(name, label, value, more = {}) {
  const input = h('input', { id: name, name, value: value ?? '', spellcheck: 'false', autocomplete: 'off', ...more });
  return h('div', {}, h('label', { for: input.id }, label), input);
}

/**
 * A choice with its label; a value that is none of the options is offered too, as a link may carry it.
 * @param {string} name of the parameter
 * @param {string} label
 * @param {Options} options
 * @param {string | null | undefined} chosen
 * @param {Record<string, unknown>} [more] attributes
 */
export function choiceField(name, label, options, chosen, more = {}) {
  const strange = chosen && options.every(([value]) => value !== chosen);
  const all = strange ? [...options, /** @type {const} */ ([chosen, chosen])] : options;
  const select = h(
    'select',
    { id: name, name, ...more },
    all.map(([value, text]) => h('option', { value, selected: value === (chosen ?? '') }, text)),
  );
  return h('div', {}, h('label', { for: select.id }, label), select);
}

/** Labels that machines are told apart by, and how many values of each are offered. */
const offered = ['generation', 'kernel-series', 'kpti', 'virt', 'provenance', 'rack'];
const offeredValues = 8;

/**
 * Terms of what there is, each of which a click puts into a selector, in the place of one about the same label.
 * @param {import('#contracts').LabelView[]} labels
 * @param {string} name of the group
 * @param {() => HTMLInputElement} field that a term goes into
 */
export function termChips(labels, name, field) {
  const chips = labels
    .filter((label) => offered.includes(label.name))
    .flatMap((label) =>
      label.values.slice(0, offeredValues).map(({ value, hosts }) => {
        const onclick = () => putTerm(field(), label.name, value);
        const title = hosts > 0 && counted(hosts, 'host');
        return h('button', { type: 'button', class: 'chip', title, onclick }, `${label.name}=${value}`);
      }),
    );
  return h('div', { class: 'chips', role: 'group', 'aria-label': name }, chips);
}

/**
 * @param {HTMLInputElement} input
 * @param {string} name
 * @param {string} value
 */
function putTerm(input, name, value) {
  const others = input.value
    .split(',')
    .map((term) => term.trim())
    .filter((term) => term !== '' && term !== '*' && !term.startsWith(`${name}=`));
  input.value = [...others, `${name}=${value}`].join(',');
  input.dispatchEvent(new Event('input', { bubbles: true }));
}
