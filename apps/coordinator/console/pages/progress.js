import { h } from '../dom.js';
import { count, endedRuns, runsByState } from '#wording';

/**
 * A job's runs by state as one bar, with the counts in words.
 * @param {import('#contracts').JobView['runs']} runs
 */
export function progressBar(runs) {
  const ended = endedRuns(runs);
  /** @param {import('#contracts').RunState} name */
  const part = (name) =>
    runs[name] > 0 &&
    h('span', { class: `part ${name}`, style: `flex-grow:${runs[name]}`, title: `${runs[name]} ${name}` });
  const words = runsByState(runs);
  return h(
    'div',
    {
      class: 'progress',
      role: 'progressbar',
      'aria-label': 'Runs ended',
      'aria-valuemin': 0,
      'aria-valuemax': runs.total,
      'aria-valuenow': ended,
      'aria-valuetext': `${ended} of ${runs.total} ended: ${words}`,
      title: words,
    },
    h(
      'div',
      { class: 'bar' },
      /** @type {const} */ (['completed', 'failed', 'abandoned', 'started', 'queued', 'planned']).map(part),
    ),
    h('span', { class: 'count' }, `${count(ended)} / ${count(runs.total)}`),
  );
}
