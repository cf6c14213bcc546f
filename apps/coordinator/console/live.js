import { messageOf } from './api.js';
import { h } from './dom.js';

/**
 * Reads again every so often while somebody looks.
 * @param {number} everyMs
 * @param {AbortSignal} signal ends it
 * @param {() => Promise<unknown>} read
 * @returns a note that says so as long as it fails, when what stands on the page is old
 */
export function live(everyMs, signal, read) {
  const note = h('p', { class: 'warning', role: 'status', hidden: true });
  let asOf = new Date();
  const timer = setInterval(() => {
    if (document.hidden) return;
    read().then(
      () => {
        asOf = new Date();
        note.hidden = true;
      },
      (/** @type {unknown} */ error) => {
        if (signal.aborted) return;
        note.textContent = `This page stands as of ${asOf.toLocaleTimeString('en-GB')}: ${messageOf(error)}`;
        note.hidden = false;
      },
    );
  }, everyMs);
  signal.addEventListener('abort', () => clearInterval(timer));
  return note;
}
