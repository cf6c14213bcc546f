import { ApiProblem, fieldsOf, get } from '../api.js';
import { letterOf, trendChart } from '../charts/trend-chart.js';
import { fill, h, table, title } from '../dom.js';
import { measureLabel, time } from '../format.js';
import { askedFields, measureSelect } from '../measure-select.js';
import { problemBox } from '../problem-box.js';
import { bootChangeText, count, counted, none, noisyHostsNote } from '#wording';

/** @typedef {import('#contracts').Trends} Trends */

/** Charts a page: with a hundred hosts nobody looks at more at once. */
const chartsOnPage = 12;

const usual = { selector: '*', by: 'generation', since: '90d', resolution: 'day' };

/**
 * How levels went over time, a chart for every series.
 * @param {HTMLElement} main
 * @param {{ query: URLSearchParams }} parameters
 * @param {AbortSignal} signal
 */
export async function trendsPage(main, { query }, signal) {
  const outcome = h('section', { 'aria-label': 'Charts' }, h('p', { class: 'loading', role: 'status' }, 'Reading…'));
  fill(main, title('Trends'), form(query), outcome);
  const unit = query.get('unit') === 'cycles' ? 'cycles' : 'ns';
  const asked = new URLSearchParams({ ...usual, limit: String(chartsOnPage), ...Object.fromEntries(query) });
  asked.delete('unit');
  try {
    const trends = /** @type {Trends} */ (await get(`v1/trends?${asked}`, signal));
    fill(outcome, outcomeOf(trends, unit, query));
  } catch (error) {
    if (!(error instanceof ApiProblem) || ![400, 422].includes(error.problem.status)) throw error;
    fill(outcome, problemBox(error.problem));
  }
}

/**
 * @param {Trends} trends
 * @param {'ns' | 'cycles'} unit
 * @param {URLSearchParams} query
 */
function outcomeOf(trends, unit, query) {
  const { probe, metric, series, changes, cut, nextCursor, notes } = trends;
  const further = new URLSearchParams(query);
  if (nextCursor) further.set('cursor', nextCursor);
  return [
    h('h2', {}, measureLabel(probe, metric)),
    notes.map((note) => h('p', { class: 'warning', role: 'note' }, note)),
    cut &&
      h(
        'p',
        { class: 'warning', role: 'note' },
        'One reply can’t hold them all, so only the newest are shown: choose fewer runs or a later “Since”.',
      ),
    series.length === 0 && h('p', { class: 'empty' }, 'No run matches in this time.'),
    series.map((one) => seriesFigure(one, trends, unit)),
    series.some(({ noisyHosts }) => noisyHosts > 0) && h('p', { class: 'note' }, noisyHostsNote),
    nextCursor && h('p', {}, h('a', { href: `#/trends?${further}` }, `The next ${chartsOnPage} charts`)),
    series.length > 0 && changesSection(changes),
  ];
}

/**
 * @param {Trends['series'][number]} series
 * @param {Trends} trends
 * @param {'ns' | 'cycles'} unit
 */
function seriesFigure(series, trends, unit) {
  const values = Object.entries(series.values).map(([field, value]) => `${field} ${value ?? none}`);
  const name = `${values.join(', ')} (${counted(series.hosts, 'host')}${series.noisyHosts > 0 ? `, ${series.noisyHosts} noisy` : ''})`;
  if (series.points.some((point) => point[unit] !== null)) return trendChart({ series, name, unit, trends });
  const why = unit === 'ns' ? 'the TSC’s rate is not known' : 'its clocks tick at different rates';
  return h('p', { class: 'empty' }, `${name}: no figures in ${unit}, since ${why}.`);
}

/** @param {Trends['changes']} changes */
function changesSection(changes) {
  return [
    h('h2', {}, 'Boot states that changed'),
    table(
      'Boot states that changed',
      [
        { title: 'Mark', cell: (row) => row.letter },
        { title: 'From', cell: (row) => time(row.from) },
        { title: 'To', cell: (row) => (row.to === row.from ? none : time(row.to)) },
        { title: 'What', long: true, cell: (row) => bootChangeText(row) },
        { title: 'Hosts', number: true, cell: (row) => count(row.hostCount) },
      ],
      changes.map((change, i) => ({ ...change, letter: letterOf(i) })),
      'None in this time.',
    ),
  ];
}

/** @param {URLSearchParams} query */
function form(query) {
  const { selector, by, since } = { ...usual, ...Object.fromEntries(query) };
  /**
   * @param {string} name
   * @param {string} label
   * @param {string} value
   */
  const field = (name, label, value) =>
    h('div', {}, h('label', { for: name }, label), h('input', { id: name, name, value, spellcheck: 'false' }));
  /**
   * @param {string} name
   * @param {string} label
   * @param {[value: string, text: string][]} options the first is the usual one
   */
  const choice = (name, label, options) =>
    h(
      'div',
      {},
      h('label', { for: name }, label),
      h(
        'select',
        { id: name, name },
        options.map(([value, text]) => h('option', { value, selected: query.get(name) === value }, text)),
      ),
    );
  return h(
    'form',
    {
      class: 'compare',
      onsubmit: (event) => {
        event.preventDefault();
        location.hash = `/trends?${askedFields(fieldsOf(event.target))}`;
      },
    },
    field('selector', 'Selector', selector),
    field('by', 'A chart for each', by),
    field('since', 'Since', since),
    measureSelect(query),
    choice('resolution', 'A point for each', [
      ['day', 'day'],
      ['run', 'run'],
    ]),
    choice('unit', 'In', [
      ['ns', 'nanoseconds'],
      ['cycles', 'TSC cycles'],
    ]),
    h('button', {}, 'Show'),
  );
}
