// A refusal of the API in words: what was wrong, in which field, and what to do.
import { h } from './dom.js';

/** @param {{ detail: string, remedy?: string, correlationId?: string, errors?: { field: string, message: string, remedy: string }[] }} problem */
export function problemBox({ detail, remedy, correlationId, errors = [] }) {
  return h(
    'div',
    { role: 'alert' },
    h('p', {}, detail),
    errors.length > 0 &&
      h(
        'ul',
        {},
        errors.map((e) => h('li', {}, h('code', {}, e.field), ` ${e.message}: ${e.remedy}`)),
      ),
    remedy && h('p', {}, `What to do: ${remedy}.`),
    correlationId && h('p', { class: 'quiet' }, `Correlation id ${correlationId}`),
  );
}
