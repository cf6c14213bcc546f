import { get, post } from '../api.js';
import { fill, h, refill, title } from '../dom.js';
import { live } from '../live.js';
import { problemBox } from '../problem-box.js';
import { saveButton } from '../save-button.js';
import { findingDetail, findingHeadline, findingLevels } from './finding.js';

/** @typedef {import('#contracts').FindingDetail} FindingDetail */

/**
 * One finding: what changed, where, since when, what may have done it, what was said of it.
 * @param {HTMLElement} main
 * @param {{ findingId: string }} parameters
 * @param {AbortSignal} signal
 */
export async function regressionPage(main, { findingId }, signal) {
  const path = `v1/regressions/${encodeURIComponent(findingId)}`;
  const read = async () => /** @type {FindingDetail} */ (await get(path, signal));
  const told = h('section', { 'aria-label': 'Finding' });
  const finding = await read();
  const charts = h('section', { 'aria-label': 'Levels' }, findingLevels(finding));
  const show = async () => refill(told, findingDetail(await read()));
  fill(told, findingDetail(finding));
  const note = live(10_000, signal, show);
  const save = h('p', { class: 'actions' }, saveButton('Save as a page', `${path}/report`, 'finding.html'));
  fill(main, title(findingHeadline(finding)), note, told, save, sayForm(path, show), h('h2', {}, 'Levels'), charts);
}

/** What can be said of a finding: the route, the button, and whether it takes an end. */
const sayings = /** @type {const} */ ([
  ['acknowledge', 'Acknowledge', false],
  ['expected', 'It is expected', false],
  ['mute', 'Mute', true],
  ['resolve', 'Resolve', false],
  ['reopen', 'Reopen', false],
]);

/**
 * @param {string} path of the finding
 * @param {() => Promise<unknown>} show reads it again
 */
function sayForm(path, show) {
  const answer = h('div', { 'aria-live': 'polite' });
  const note = h('input', { id: 'note', name: 'note', spellcheck: 'true', placeholder: 'why; everybody can read it' });
  const until = h('input', { id: 'until', name: 'until', value: '14d' });
  /** @param {typeof sayings[number]} saying */
  const say = async ([route, , ends]) => {
    try {
      await post(`${path}/${route}`, { ...(note.value && { note: note.value }), ...(ends && { until: until.value }) });
      note.value = '';
      fill(answer);
      await show();
    } catch (error) {
      fill(answer, problemBox(error));
    }
  };
  return h(
    'section',
    { 'aria-label': 'Say something of it' },
    h(
      'form',
      { class: 'compare', onsubmit: (event) => event.preventDefault() },
      h('div', {}, h('label', { for: 'note' }, 'Note'), note),
      h('div', {}, h('label', { for: 'until' }, 'Muted until'), until),
      sayings.map((saying) => h('button', { type: 'button', onclick: () => say(saying) }, saying[1])),
    ),
    answer,
  );
}
