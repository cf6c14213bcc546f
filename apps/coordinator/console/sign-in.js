// Where a person gives a key: on a page of its own, or in the middle of work when a session has ended.
import { key } from './api.js';
import { h } from './dom.js';

/** @param {() => unknown} signedIn goes on with the key */
export function signInForm(signedIn) {
  const input = h('input', { type: 'password', required: true, autocomplete: 'off', spellcheck: 'false' });
  return h(
    'form',
    {
      class: 'sign-in',
      onsubmit: (event) => {
        event.preventDefault();
        key.set(input.value.trim());
        signedIn();
      },
    },
    h('label', {}, 'API key', input),
    h('button', {}, 'Sign in'),
  );
}
