// What takes an admin key, said before somebody tries in vain, with a field for one.
import { openedByLink } from './api.js';
import { h } from './dom.js';
import { signInForm } from './sign-in.js';

/**
 * Nothing where a key was typed: what that may, the coordinator says.
 * @param {string} what takes one, in words
 */
export function adminNote(what) {
  if (!openedByLink()) return null;
  /** @type {HTMLElement} */
  const note = h(
    'details',
    { class: 'admin-note' },
    h('summary', {}, `${what}: an admin key is needed, and a link of xf console has none`),
    signInForm(() => note.remove()),
  );
  return note;
}
