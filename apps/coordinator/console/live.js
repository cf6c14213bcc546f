import { ApiProblem, isAbort, messageOf } from './api.js';
import { fill, h } from './dom.js';
import { slowMs } from './loading.js';
import { signInForm } from './sign-in.js';

/**
 * A reading is followed by so many times its own time without one: a job's overview over 10,000 hosts takes 1.1 s of the
 * coordinator's and PostgreSQL's CPU, so that somebody who looks on costs them no more than a tenth.
 */
const restShare = 10;
const longestRestMs = 60_000;

/**
 * Reads again every so often while somebody looks: a hidden tab reads nothing and holds no connection, of which a browser has six for
 * all its tabs. One reading at a time, however slow the coordinator is.
 * @param {number} everyMs
 * @param {AbortSignal} signal ends it
 * @param {() => Promise<unknown>} read
 * @param {string} [what] is read
 * @returns a note that says so as long as it fails, when what stands on the page is old
 */
export function live(everyMs, signal, read, what = 'This page stands') {
  const note = h('div', { class: 'warning', role: 'status', hidden: true });
  let asOf = new Date();
  let reading = false;
  let signingIn = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /** @param {string} why @param {unknown} [more] */
  function tell(why, more) {
    fill(note, h('p', {}, `${what} as of ${asOf.toLocaleTimeString('en-GB')}: ${why}`), more);
    note.hidden = false;
  }

  async function once() {
    if (document.hidden || reading || signal.aborted) return;
    reading = true;
    clearTimeout(timer);
    const began = Date.now();
    const slow = setTimeout(() => !signingIn && tell('the coordinator is slow to answer.'), slowMs);
    try {
      await read();
      asOf = new Date();
      note.hidden = true;
      signingIn = false;
    } catch (error) {
      // What a person is typing there must stay.
      if (!isAbort(error) && !signingIn) {
        signingIn = error instanceof ApiProblem && error.problem.status === 401;
        tell(messageOf(error), signingIn && signInForm(signedIn));
      }
    } finally {
      clearTimeout(slow);
      reading = false;
    }
    const restMs = Math.min((Date.now() - began) * restShare, longestRestMs);
    if (!signal.aborted && !signingIn) timer = setTimeout(() => void once(), Math.max(everyMs, restMs));
  }

  function signedIn() {
    signingIn = false;
    void once();
  }

  timer = setTimeout(() => void once(), everyMs);
  document.addEventListener('visibilitychange', () => void once(), { signal });
  signal.addEventListener('abort', () => {
    clearTimeout(timer);
    note.hidden = true;
  });
  return note;
}
