// Asks for the reason of something, and whether it is meant; then does it.
import { fill, h } from './dom.js';
import { problemBox } from './problem-box.js';

/**
 * @param {object} of
 * @param {string} of.question
 * @param {unknown} of.about what is done to what: children as h() takes them
 * @param {string} of.why what the field for the reason is called
 * @param {boolean} [of.required] whether there must be one
 * @param {number} of.longest letters of the reason
 * @param {string} of.button
 * @param {(reason: string) => Promise<unknown>} of.act a refusal stays in the dialog, with what was typed
 * @param {AbortSignal} of.signal ends with the page: a link is followed behind an open dialog by the back button
 */
export function askWhy({ question, about, why, required = false, longest, button: does, act, signal }) {
  const reason = h('input', { id: 'reason', name: 'reason', required, maxlength: longest, autocomplete: 'off' });
  const answer = h('div', { 'aria-live': 'polite' });
  const button = h('button', {}, does);
  /** @returns {void} */
  const close = () => dialog.close();
  /** @type {HTMLDialogElement} */
  const dialog = h(
    'dialog',
    { 'aria-labelledby': 'action-title' },
    h(
      'form',
      {
        onsubmit: async (event) => {
          event.preventDefault();
          button.disabled = true;
          try {
            await act(reason.value.trim());
            close();
          } catch (error) {
            fill(answer, problemBox(error));
          } finally {
            button.disabled = false;
          }
        },
      },
      h('h2', { id: 'action-title' }, question),
      about,
      h('div', {}, h('label', { for: reason.id }, why), reason),
      h('div', { class: 'actions' }, button, h('button', { type: 'button', onclick: close }, 'Leave it')),
    ),
    answer,
  );
  // Beside the page, so that a list that is drawn again leaves it alone.
  document.body.append(dialog);
  dialog.addEventListener('close', () => dialog.remove());
  signal.addEventListener('abort', close, { once: true });
  dialog.showModal();
}
