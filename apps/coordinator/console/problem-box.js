// A refusal of the API in words: what was wrong, in which field, and what to do.
import { h } from './dom.js';

/** @param {{ detail: string, remedy?: string, correlationId?: string, errors?: { field: string, message: string, remedy: string }[] }} problem */
export function problemBox({ detail, remedy, correlationId, errors = [] }) {
  return h(
    'div',
    { role: 'alert' },
    errors.length === 0 && h('p', {}, detail),
    errors.map(({ field, message }) => h('p', {}, h('code', {}, field), `: ${message}`)),
    remedy && h('p', {}, `What to do: ${remedy}.`),
    correlationId && h('p', { class: 'quiet' }, `Correlation id ${correlationId}`),
  );
}
