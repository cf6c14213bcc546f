// A refusal of the API in words: what was wrong, in which field, and what to do.
import { ApiProblem, messageOf } from './api.js';
import { fill, h, words } from './dom.js';
import { signInForm } from './sign-in.js';

/** @param {unknown} error what was thrown */
export function problemBox(error) {
  if (!(error instanceof ApiProblem)) return h('div', { role: 'alert' }, h('p', {}, messageOf(error)));
  const { detail, remedy, correlationId, errors = [], status } = error.problem;
  const remedies = new Set([remedy ?? '', ...errors.map((one) => one.remedy ?? '')].filter((text) => text !== ''));
  /** @type {HTMLElement} */
  const box = h(
    'div',
    { role: 'alert' },
    errors.length === 0 && h('p', {}, words(detail)),
    errors.map(({ field, message }) => h('p', {}, h('code', {}, field), ': ', words(message))),
    [...remedies].map((text) => h('p', {}, `What to do: ${text}${/[?.)]$/.test(text) ? '' : '.'}`)),
    correlationId && h('p', { class: 'quiet' }, `Correlation id ${correlationId}`),
    // In the middle of work, which stays as it is.
    (status === 401 || status === 403) &&
      signInForm(() => fill(box, h('p', {}, 'The key is taken. Now do again what was refused.'))),
  );
  return box;
}
