// The notice while runs are shown that an older parser read.
import { ApiProblem, get } from './api.js';
import { fill, h } from './dom.js';
import { count } from '#wording';

/**
 * Fills `place`, or empties it when all runs are up to date.
 * @param {HTMLElement} place
 * @param {AbortSignal} signal
 */
export async function showOldRuns(place, signal) {
  try {
    const { runs, parserVersion } = /** @type {import('#contracts').OutdatedRuns} */ (
      await get('v1/replays/outdated', signal)
    );
    fill(place, runs > 0 && notice(runs, parserVersion));
  } catch (error) {
    if (signal.aborted) return;
    // Who may not look, or finds nobody there, sees so on the page itself.
    if (!(error instanceof ApiProblem)) throw error;
    fill(place);
  }
}

/**
 * @param {number} runs
 * @param {number} parserVersion that reads now
 */
const notice = (runs, parserVersion) =>
  h(
    'p',
    { class: 'warning', role: 'status' },
    h(
      'strong',
      {},
      `${count(runs)} ${runs === 1 ? 'run was' : 'runs were'} read by an older parser than version ${parserVersion}`,
    ),
    '; their samples and figures may be wrong. Their kernel logs are kept: an admin puts them right with ',
    h('code', {}, './xf replay --all'),
    ' (with ',
    h('code', {}, '--dry-run'),
    ' to see first what changes).',
  );
