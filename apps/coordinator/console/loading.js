// What stands where something is being read.
import { h } from './dom.js';

/** From then on a person is told that it takes long: the slowest page over 10,000 hosts is there within 3 s. */
export const slowMs = 5_000;

/**
 * Says that something is under way, and after a while that the coordinator is slow.
 * @param {string} text
 * @param {{ again?: boolean }} [options] whether to offer to ask again, which reads the page from its beginning
 */
export function loading(text, { again = true } = {}) {
  const element = h('p', { class: 'loading', role: 'status' }, text);
  setTimeout(() => {
    if (!element.isConnected) return;
    element.append(
      ` The coordinator has not answered for ${slowMs / 1_000} s; still waiting. `,
      // As if the address had changed (app.js).
      again ? h('button', { type: 'button', onclick: () => dispatchEvent(new Event('hashchange')) }, 'Ask again') : '',
    );
  }, slowMs);
  return element;
}
