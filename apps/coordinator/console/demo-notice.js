// The notice on every page of a demo: nothing here was ever measured.
import { ApiProblem, get } from './api.js';
import { fill, h } from './dom.js';

/**
 * Fills `place` where the fleet is a demo, else empties it.
 * @param {HTMLElement} place
 * @param {AbortSignal} signal
 */
export async function showDemo(place, signal) {
  try {
    const { demo } = /** @type {import('#contracts').DemoView} */ (await get('v1/demo', signal));
    fill(place, demo && notice());
  } catch (error) {
    if (signal.aborted) return;
    // Without a key, or with no coordinator there, the page itself says so.
    if (!(error instanceof ApiProblem)) throw error;
    fill(place);
  }
}

const notice = () =>
  h(
    'p',
    { role: 'status' },
    h('strong', {}, 'Demo'),
    ': this fleet is simulated. Its hosts, runs and figures were made by ',
    h('code', {}, 'xf demo'),
    '; nothing here was measured.',
  );
