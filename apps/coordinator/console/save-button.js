import { download } from './api.js';
import { h } from './dom.js';
import { problemBox } from './problem-box.js';

/**
 * Saves what the API answers to a path as a file.
 * @param {string} text
 * @param {string} path of the API
 * @param {string} name of the file
 */
export function saveButton(text, path, name) {
  /** @type {HTMLElement | undefined} */
  let trouble;
  const button = h(
    'button',
    {
      type: 'button',
      onclick: async () => {
        button.disabled = true;
        trouble?.remove();
        try {
          await download(path, name);
        } catch (error) {
          trouble = problemBox(error);
          button.after(trouble);
        } finally {
          button.disabled = false;
        }
      },
    },
    text,
  );
  return button;
}
