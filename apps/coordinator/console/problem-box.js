// A refusal of the API in words: what was wrong, in which field, and what to do.
import { h } from './dom.js';

/** @param {Pick<import('#contracts').Problem, 'detail' | 'remedy' | 'correlationId' | 'errors'>} problem */
export function problemBox({ detail, remedy, correlationId, errors = [] }) {
  const remedies = new Set([remedy ?? '', ...errors.map((error) => error.remedy ?? '')].filter((text) => text !== ''));
  return h(
    'div',
    { role: 'alert' },
    errors.length === 0 && h('p', {}, detail),
    errors.map(({ field, message }) => h('p', {}, h('code', {}, field), `: ${message}`)),
    [...remedies].map((text) => h('p', {}, `What to do: ${text}${/[?.)]$/.test(text) ? '' : '.'}`)),
    correlationId && h('p', { class: 'quiet' }, `Correlation id ${correlationId}`),
  );
}
