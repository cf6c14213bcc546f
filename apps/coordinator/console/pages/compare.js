import { ApiProblem, fieldsOf, get } from '../api.js';
import { facts, fill, h, table, title } from '../dom.js';
import { everyMeasure, measureLabel, provenance, runLink } from '../format.js';
import {
  count,
  cycles,
  nanoseconds,
  ratio,
  intervalText,
  margin,
  unitName,
  verdictSentence,
  wholePercent,
} from '../wording/src/index.js';
import { medianChart } from '../charts/median-chart.js';
import { ratioChart } from '../charts/ratio-chart.js';
import { problemBox } from '../problem-box.js';

/** @typedef {import('#contracts').Comparison} Comparison */

/**
 * Is B slower than A? Two selectors over run labels, one metric.
 * @param {HTMLElement} main
 * @param {{ query: URLSearchParams }} parameters
 * @param {AbortSignal} signal
 */
export async function comparePage(main, { query }, signal) {
  const { items: hosts, nextCursor } = /** @type {import('#contracts').Page<import('#contracts').HostView>} */ (
    await get('v1/hosts?limit=200', signal)
  );
  const outcome = h('section', { 'aria-label': 'Outcome', 'aria-live': 'polite' });
  main.replaceChildren(title('Compare'), form(query, hosts), partOnly(nextCursor), outcome);
  const [a, b] = [query.get('a'), query.get('b')];
  if (!a || !b) {
    outcome.append(
      h('p', { class: 'empty' }, 'Choose what to compare. The replicate is a run, never a single crossing.'),
    );
    return;
  }
  outcome.append(h('p', { class: 'loading', role: 'status' }, 'Comparing…'));
  const wanted = new URLSearchParams([...query].filter(([, value]) => value !== ''));
  try {
    const comparison = /** @type {Comparison} */ (await get(`v1/compare?${wanted}`, signal));
    fill(outcome, outcomeOf(comparison));
  } catch (error) {
    // What was refused stands below the form, so that the selectors can be corrected.
    if (!(error instanceof ApiProblem) || ![400, 422].includes(error.problem.status)) throw error;
    fill(outcome, problemBox(error.problem));
  }
}

/**
 * Suggestions come from one page of hosts: ten thousand would be no help to choose from.
 * @param {string | null} nextCursor
 */
function partOnly(nextCursor) {
  return h(
    'p',
    { class: 'quiet', hidden: nextCursor === null },
    'Suggestions are from the first 200 hosts; any selector may be typed in.',
  );
}

/**
 * @param {URLSearchParams} query
 * @param {import('#contracts').HostView[]} hosts
 */
function form(query, hosts) {
  const suggestions = [
    ...new Set(
      hosts.flatMap((host) => [
        `generation=${host.labels.generation},virt=${host.labels.virt}`,
        `uarch=${host.labels.uarch}`,
        `uarch=${host.labels.uarch},virt=${host.labels.virt}`,
        `host=${host.hostId}`,
        `kernel-series=${host.labels['kernel-series']},kpti=${host.labels.kpti}`,
      ]),
    ),
  ].sort();
  /**
   * @param {string} name
   * @param {string} label
   * @param {string} fallback
   */
  const field = (name, label, fallback) => [
    h('label', { for: name }, label),
    h('input', {
      id: name,
      name,
      value: query.get(name) ?? fallback,
      list: 'selectors',
      required: true,
      spellcheck: 'false',
    }),
  ];
  /** @param {ReturnType<typeof everyMeasure>[number]} measure */
  const asked = ({ probe, metric }) =>
    metric === query.get('metric') && /** @type {(string | null)[]} */ ([probe, null]).includes(query.get('probe'));
  const metric = h(
    'select',
    { id: 'metric', name: 'measure' },
    everyMeasure().map((measure) =>
      h(
        'option',
        { value: Object.values(measure).join(' '), selected: asked(measure) },
        measureLabel(measure.probe, measure.metric),
      ),
    ),
  );
  return h(
    'form',
    {
      class: 'compare',
      onsubmit: (event) => {
        event.preventDefault();
        const fields = fieldsOf(event.target);
        const [probe = '', metric = ''] = (fields.get('measure') ?? '').split(' ');
        fields.delete('measure');
        fields.set('probe', probe);
        fields.set('metric', metric);
        location.hash = `/compare?${fields}`;
      },
    },
    h('div', {}, field('a', 'A (selector)', '')),
    h('div', {}, field('b', 'B (selector)', '')),
    h('div', {}, h('label', { for: 'metric' }, 'Metric'), metric),
    query.get('jobId') && h('input', { type: 'hidden', name: 'jobId', value: query.get('jobId') }),
    h(
      'datalist',
      { id: 'selectors' },
      suggestions.map((value) => h('option', { value })),
    ),
    h('button', {}, 'Compare'),
  );
}

/** As this page calls them. */
const sides = { a: 'A', b: 'B' };

/** Hosts of a side that are named; the rest is counted. */
const namedHosts = 5;

/** @param {Comparison['a']} side */
function hostLinks({ hosts }) {
  const more = hosts.length - namedHosts;
  return [
    `${count(hosts.length)}: `,
    hosts.slice(0, namedHosts).map((id, i) => [i > 0 && ', ', h('a', { href: `#/hosts/${id}` }, id)]),
    more > 0 && ` and ${count(more)} more`,
  ];
}

/**
 * The verdict as a sentence of its own.
 * @param {Comparison} comparison
 */
function headline(comparison) {
  const sentence = verdictSentence(comparison, sides);
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/** @param {Comparison} comparison */
function outcomeOf(comparison) {
  const { a, b, interval, method, unit } = comparison;
  return [
    h(
      'div',
      { class: `verdict ${comparison.verdict}` },
      h('p', { class: 'headline' }, headline(comparison)),
      h('p', {}, comparison.reason),
      h(
        'p',
        { class: 'figures' },
        'B / A = ',
        h('strong', {}, ratio(comparison.ratio)),
        comparison.unit && ` in ${unitName[comparison.unit]}`,
        interval && `, ${wholePercent(interval.confidence)} interval ${intervalText(interval)}`,
        comparison.unit === 'ns' &&
          comparison.ratioCycles !== null &&
          ` (in TSC cycles ${ratio(comparison.ratioCycles)})`,
      ),
      comparison.ratio !== null && h('p', { class: 'quiet' }, `It ${comparison.scope}.`),
    ),
    ...comparison.warnings.map((warning) => h('p', { class: 'warning', role: 'note' }, warning)),
    ...(interval && unit ? [ratioChart({ ...comparison, interval, unit })] : []),
    ...(a.runs + b.runs > 0 ? [medianChart(comparison)] : []),
    table(
      'Both sides',
      [
        { title: 'Side', cell: (side) => side.name },
        { title: 'Selector', cell: (side) => h('code', {}, side.selector) },
        {
          title: 'Hosts',
          cell: hostLinks,
        },
        { title: 'Runs', number: true, cell: (side) => count(side.runs) },
        { title: 'Samples', number: true, cell: (side) => count(side.samples) },
        { title: 'Median cycles', number: true, cell: (side) => h('strong', {}, cycles(side.medianCycles)) },
        { title: 'Median ns', number: true, cell: (side) => h('strong', {}, nanoseconds(side.medianNs)) },
        { title: 'Provenance', cell: (side) => side.provenance.map(provenance) },
      ],
      [
        { name: 'A', ...a },
        { name: 'B', ...b },
      ],
    ),
    facts([
      ['Method', method.name],
      ['Counts as equal', `within ${margin(method.margin)}`],
    ]),
    h(
      'details',
      {},
      h('summary', {}, 'The replicates: one median a run'),
      table(
        'Replicates',
        [
          { title: 'Side', cell: (r) => r.side },
          { title: 'Run', cell: (r) => runLink(r.runId) },
          { title: 'Host', cell: (r) => r.hostId },
          { title: 'Median cycles', number: true, cell: (r) => cycles(r.p50Cycles) },
          { title: 'Median ns', number: true, cell: (r) => nanoseconds(r.p50Ns) },
        ],
        [...a.runMedians.map((r) => ({ side: 'A', ...r })), ...b.runMedians.map((r) => ({ side: 'B', ...r }))],
      ),
    ),
  ];
}
