import { ApiProblem, get, messageOf, post } from '../api.js';
import { levelChart } from '../charts/level-chart.js';
import { facts, fill, h, refill, table, title } from '../dom.js';
import { jobLink, measureLabel, provenance, runLink, state, time } from '../format.js';
import { live } from '../live.js';
import {
  alsoHow,
  bootChangeText,
  change,
  changedHow,
  changedWhen,
  count,
  counted,
  difference,
  findingStateNames,
  intervalText,
  nanoseconds,
} from '#wording';
import { problemBox } from '../problem-box.js';
import { standing } from './regressions.js';

/** @typedef {import('#contracts').FindingDetail} FindingDetail */

/** Hosts that get a chart; the rest is counted. */
const charted = 6;

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
  const charts = h('section', { 'aria-label': 'Levels' }, levels(finding));
  const show = async () => refill(told, detailOf(await read()));
  fill(told, detailOf(finding));
  const note = live(10_000, signal, show);
  fill(main, title(headline(finding)), note, told, sayForm(path, show), h('h2', {}, 'Levels'), charts);
}

/** @param {FindingDetail} finding */
const headline = (finding) => {
  const how = changedHow(finding);
  return `${how.charAt(0).toUpperCase()}${how.slice(1)}`;
};

/** @param {FindingDetail} finding */
function detailOf(finding) {
  const { hosts, interval, beforeNs, effectNs, confirmation, suspects, common, firstRuns, alsoIn, history } = finding;
  const figures = confirmation?.figures ?? null;
  return [
    facts([
      ['State', [state(findingStateNames[finding.state]), ` ${standing(finding)}`]],
      ['Changed', changedWhen(finding)],
      ['Measured', [measureLabel(finding.probe, finding.metric), ' ', provenance(finding.provenance)]],
      ['Executor', finding.executor],
      [
        'Change',
        finding.kind !== 'noise' && [change(finding.ratio), interval && `, interval ${intervalText(interval)}`],
      ],
      [
        'Level before',
        beforeNs !== null &&
          `${nanoseconds(beforeNs)} ns${effectNs === null ? '' : `, ${difference(effectNs)} ns since`}`,
      ],
      [
        'Also in',
        alsoIn.map((one) => `${measureLabel(one.probe, one.metric)} ${alsoHow(finding, one.ratio)}`).join(', '),
      ],
      ['Generations', finding.generations.join(', ')],
      [
        `Hosts (${count(hosts.length)})`,
        hosts.slice(0, 20).map((id, i) => [i > 0 && ', ', h('a', { href: `#/hosts/${id}` }, id)]),
      ],
      [
        'In common',
        common.map(({ field, value, moved, of }) => `${field}=${value} (${count(moved)} of ${count(of)})`).join(', '),
      ],
      [
        'First runs with it',
        firstRuns.length > 0 &&
          firstRuns.slice(0, 5).map(({ hostId, runId }, i) => [i > 0 && ', ', runLink(runId), ` on ${hostId}`]),
      ],
      [
        'Fresh runs',
        confirmation && [
          jobLink(confirmation.jobId),
          figures === null
            ? ' under way'
            : ` ${figures.verdict}: ${figures.reason}; ${counted(figures.runs, 'run')}, ${counted(figures.controlHosts, 'control host')}`,
        ],
      ],
    ]),
    h('h2', {}, 'Suspects'),
    table(
      'Suspects',
      [
        { title: 'From', cell: (row) => time(row.from) },
        { title: 'What changed in the two weeks before', long: true, cell: (row) => bootChangeText(row) },
        { title: 'Hosts', number: true, cell: (row) => count(row.hostCount) },
      ],
      suspects,
      'Nothing that is known changed on these hosts in the two weeks before.',
    ),
    h('h2', {}, 'What happened'),
    table(
      'What happened',
      [
        { title: 'When', cell: (row) => time(row.at) },
        { title: 'What', long: true, cell: (row) => row.text },
        { title: 'By', cell: (row) => row.by },
      ],
      history,
    ),
    facts([
      ['The trend', h('code', {}, finding.commands.trends)],
      ['The comparison', finding.commands.compare && h('code', {}, finding.commands.compare)],
    ]),
  ];
}

/** @param {FindingDetail} finding */
function levels(finding) {
  const shown = finding.levels.slice(0, charted);
  const more = finding.hosts.length - shown.length;
  if (shown.length === 0) return [h('p', { class: 'empty' }, 'There are no results of these hosts in that time.')];
  return [
    ...shown.map((host) => levelChart(host, finding)),
    more > 0 && h('p', { class: 'quiet' }, `${counted(more, 'more host')} moved with these.`),
  ];
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
      fill(
        answer,
        error instanceof ApiProblem ? problemBox(error.problem) : h('p', { role: 'alert' }, messageOf(error)),
      );
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
