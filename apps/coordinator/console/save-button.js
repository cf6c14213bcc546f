import { download, messageOf } from './api.js';
import { h } from './dom.js';

/**
 * Saves what the API answers to a path as a file.
 * @param {string} text
 * @param {string} path of the API
 * @param {string} name of the file
 */
export function saveButton(text, path, name) {
  const button = h(
    'button',
    {
      type: 'button',
      onclick: async () => {
        button.disabled = true;
        try {
          await download(path, name);
        } catch (error) {
          button.after(h('span', { role: 'alert', class: 'warn' }, ` ${messageOf(error)}`));
        } finally {
          button.disabled = false;
        }
      },
    },
    text,
  );
  return button;
}
