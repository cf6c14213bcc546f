import { ApiProblem, get } from '../api.js';
import { bootTimeline } from '../charts/boot-timeline.js';
import { letterOf, trendChart } from '../charts/trend-chart.js';
import { bootFacts, mitigationTable } from '../boot-facts.js';
import { facts, fill, h, note, refill, table, title } from '../dom.js';
import { ago, labelList, measureLabel, time, timeText } from '../format.js';
import { floorText, hostActionsIn, noisiest, none } from '#wording';
import { hostActions } from '../host-actions.js';
import { hostState } from '../host-state.js';
import { listing } from '../listing.js';
import { live } from '../live.js';
import { loading } from '../loading.js';
import { runFilters, runsOfHostColumns } from './run-columns.js';
import { capability, grade } from './hosts.js';

/** Of a host that is not measured any more, its last half year. */
const trendDays = 180;

/**
 * One host: its level and boot states over time, its noise, its runs, and what it is.
 * @param {HTMLElement} main
 * @param {{ hostId: string, query: URLSearchParams }} parameters
 * @param {AbortSignal} signal
 */
export async function hostPage(main, { hostId, query }, signal) {
  const id = encodeURIComponent(hostId);
  const runs = listing({
    ...{ caption: 'Runs', columns: runsOfHostColumns, path: 'v1/runs', query: { hostId }, signal },
    ...{ address: query, search: 'the end of an id', filters: runFilters, usualSort: '-ended', empty: 'No run yet.' },
  });
  const [host, states] = /** @type {[import('#contracts').HostView, import('#contracts').HostBootStates, void]} */ (
    await Promise.all([get(`v1/hosts/${id}`, signal), get(`v1/hosts/${id}/boot-states`, signal), runs.start()])
  );
  const history = h('section', { 'aria-label': 'History' }, states.items.length > 0 && loading('Reading its levels…'));
  const head = h('div');
  const actions = hostActions({ hosts: () => [hostId], done: () => void readHead(), signal });
  /** @param {import('#contracts').HostView} view */
  const showHead = (view) => {
    refill(head, hostHead(hostId, view));
    actions.offer(view.state ? hostActionsIn[view.state] : []);
  };
  const readHead = async () => {
    showHead(/** @type {import('#contracts').HostView} */ (await get(`v1/hosts/${id}`, signal)));
  };
  showHead(host);
  fill(
    main,
    head,
    actions.offered,
    actions.said,
    history,
    h('h2', {}, 'Runs ', runs.shown),
    live(10_000, signal, () => Promise.all([readHead(), runs.refresh()])),
    runs.element,
    h('h2', {}, 'What it is now'),
    facts(bootFacts(host.bootState)),
    h('h2', {}, 'Mitigations'),
    mitigationTable(host.bootState),
    h('h2', {}, 'Labels'),
    labelList(host.labels),
  );
  if (states.items.length > 0) await showHistory(history, host, states, query, signal);
}

/**
 * Its state, and what else of it changes while somebody looks.
 * @param {string} hostId
 * @param {import('#contracts').HostView} host
 */
function hostHead(hostId, host) {
  /** @param {string} page @param {Record<string, string>} query @param {string} text */
  const link = (page, query, text) => h('a', { href: `#/${page}?${new URLSearchParams(query)}` }, text);
  const selector = `host=${hostId}`;
  return [
    title(hostId, hostState(host)),
    h(
      'p',
      {},
      ...[link('submit', { selector }, 'Submit a job here'), ' · '],
      ...[link('trends', { selector, by: 'host' }, 'All trends'), ' · '],
      link('events', { stream: `host-${hostId}` }, 'Its events'),
    ),
    facts([
      [
        'Out of service',
        host.outOfService && [
          `since ${timeText(host.outOfService.since)} by `,
          h('bdi', {}, host.outOfService.by),
          ': ',
          h('bdi', {}, host.outOfService.reason),
        ],
      ],
      ['Noise', grade(noisiest(host.noiseFloors))],
      ['Noise of each series', host.noiseFloors.map((floor) => h('div', {}, floorText(floor)))],
      ['Measures', host.capabilities.map(capability)],
      ['Worker', host.workerId],
      ['Contract version', host.contractVersion],
      ['Registered', time(host.registeredAt)],
      ['Last seen', ago(host.seenAt)],
    ]),
  ];
}

/**
 * Its level over time above the boot states that it had meanwhile, on one scale of time.
 * @param {HTMLElement} section
 * @param {import('#contracts').HostView} host
 * @param {import('#contracts').HostBootStates} states
 * @param {URLSearchParams} query
 * @param {AbortSignal} signal
 */
async function showHistory(section, host, states, query, signal) {
  const last = Math.max(...states.items.map(({ to }) => Date.parse(to)));
  const from = new Date(
    Math.max(last - trendDays * 86_400_000, Math.min(...states.items.map((s) => Date.parse(s.from)))),
  );
  from.setUTCHours(0, 0, 0, 0);
  // A host with one run has a span of no length.
  const to = new Date(Math.max(last, from.getTime()) + 3_600_000);
  const measures = [
    ...new Map(host.noiseFloors.map(({ probe, metric }) => [`${probe} ${metric}`, { probe, metric }])).values(),
  ];
  const asked = measures.find(({ probe, metric }) => query.get('measure') === `${probe} ${metric}`) ?? measures[0];
  fill(
    section,
    h('h2', {}, 'Level and boot states'),
    measures.length > 1 &&
      h(
        'nav',
        { class: 'views', 'aria-label': 'Metric' },
        measures.map((measure) => {
          const to = new URLSearchParams({ measure: `${measure.probe} ${measure.metric}` });
          const href = `#/hosts/${host.hostId}?${to}`;
          return h(
            'a',
            { href, 'aria-current': measure === asked && 'page' },
            measureLabel(measure.probe, measure.metric),
          );
        }),
      ),
    asked && (await trendFigures(host.hostId, asked, { from, to }, signal)),
    bootTimeline(
      { ...states, items: states.items.filter((span) => Date.parse(span.to) >= from.getTime()) },
      { from, to },
    ),
    states.cut && h('p', { class: 'note' }, 'It had more boot states before these.'),
    table(
      'Boot states',
      [
        { title: 'Mark', cell: (row) => row.letter },
        { title: 'First run', cell: (row) => time(row.from) },
        { title: 'Last run', cell: (row) => time(row.to) },
        { title: 'Executor', cell: (row) => row.executor },
        { title: 'What changed', long: true, cell: whatChanged },
      ],
      states.items
        .filter((span) => Date.parse(span.to) >= from.getTime())
        .map((span, i) => ({ ...span, letter: letterOf(i) }))
        .reverse(),
    ),
  );
}

/** @param {import('#contracts').BootSpan} span */
function whatChanged({ changed }) {
  if (changed.length === 0) return none;
  return changed.map(({ field, from, to }) =>
    h('div', {}, h('code', {}, field), ` ${from ?? 'not known'} → ${to ?? 'not known'}`),
  );
}

/**
 * @param {string} hostId
 * @param {{ probe: import('#contracts').Probe, metric: import('#contracts').Metric }} measure
 * @param {{ from: Date, to: Date }} span
 * @param {AbortSignal} signal
 */
async function trendFigures(hostId, measure, { from, to }, signal) {
  const parameters = new URLSearchParams({
    ...{ selector: `host=${hostId}`, by: 'host', ...measure },
    ...{ since: from.toISOString(), until: to.toISOString() },
  });
  try {
    const trends = /** @type {import('#contracts').Trends} */ (await get(`v1/trends?${parameters}`, signal));
    return trends.series.map((series) => {
      const unit = series.points.some((point) => point.ns !== null) ? 'ns' : 'cycles';
      const name = `${hostId}, ${measureLabel(measure.probe, measure.metric)}`;
      return trendChart({ series, name, unit, trends: { ...trends, changes: [] } });
    });
  } catch (error) {
    if (!(error instanceof ApiProblem) || signal.aborted) throw error;
    return note(`Its trend could not be read: ${error.message}`);
  }
}
