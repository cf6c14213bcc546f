import { ApiProblem, fieldsOf, get } from '../api.js';
import { letterOf, trendChart } from '../charts/trend-chart.js';
import { fill, h, note, notes, table, title } from '../dom.js';
import { choiceField, textField } from '../fields.js';
import { measureLabel, time } from '../format.js';
import { loading } from '../loading.js';
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
  const outcome = h('section', { 'aria-label': 'Charts' }, loading('Reading…'));
  fill(main, title('Trends'), form(query), outcome);
  const unit = query.get('unit') === 'cycles' ? 'cycles' : 'ns';
  const asked = new URLSearchParams({ ...usual, limit: String(chartsOnPage), ...Object.fromEntries(query) });
  asked.delete('unit');
  try {
    const trends = /** @type {Trends} */ (await get(`v1/trends?${asked}`, signal));
    fill(outcome, outcomeOf(trends, unit, query));
  } catch (error) {
    if (!(error instanceof ApiProblem) || ![400, 422].includes(error.problem.status)) throw error;
    fill(outcome, problemBox(error));
  }
}

/**
 * @param {Trends} trends
 * @param {'ns' | 'cycles'} unit
 * @param {URLSearchParams} query
 */
function outcomeOf(trends, unit, query) {
  const { probe, metric, series, changes, cut, nextCursor, notes: told } = trends;
  const further = new URLSearchParams(query);
  if (nextCursor) further.set('cursor', nextCursor);
  return [
    h('h2', {}, measureLabel(probe, metric)),
    notes(told),
    cut && note('One reply can’t hold them all, so only the newest are shown: choose fewer runs or a later “Since”.'),
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

/** @type {import('../fields.js').Options} */
const resolutions = [
  ['day', 'day'],
  ['run', 'run'],
];
/** @type {import('../fields.js').Options} */
const units = [
  ['ns', 'nanoseconds'],
  ['cycles', 'TSC cycles'],
];

/** @param {URLSearchParams} query */
function form(query) {
  const { selector, by, since } = { ...usual, ...Object.fromEntries(query) };
  return h(
    'form',
    {
      class: 'compare',
      onsubmit: (event) => {
        event.preventDefault();
        location.hash = `/trends?${askedFields(fieldsOf(event.target))}`;
      },
    },
    textField('selector', 'Selector', selector),
    textField('by', 'A chart for each', by),
    textField('since', 'Since', since),
    measureSelect(query),
    choiceField('resolution', 'A point for each', resolutions, query.get('resolution') ?? 'day'),
    choiceField('unit', 'In', units, query.get('unit') ?? 'ns'),
    h('button', {}, 'Show'),
  );
}
