import { get, isAbort, post } from '../api.js';
import { facts, fill, h, refill, title } from '../dom.js';
import { hostLink, hostLinks, jobState, measureName, provenance, runState, selector, short, time } from '../format.js';
import { virtualizationName, bootText, count, counted, cycles, nanoseconds, none } from '#wording';
import { quantileChart } from '../charts/quantile-chart.js';
import { whyItWaits } from '../hosts-not-ready.js';
import { listing } from '../listing.js';
import { live } from '../live.js';
import { loading } from '../loading.js';
import { longTable, rowsAtOnce } from '../long-table.js';
import { floorMark, noiseMark, noiseNotes } from '../noise.js';
import { problemBox } from '../problem-box.js';
import { lost } from './lost.js';
import { jobLabels } from './job-labels.js';
import { jobOverview } from './job-overview.js';
import { matrixFacts, matrixSection } from './matrix.js';
import { progressBar } from './progress.js';
import { hostAndGuest, runFilters, runsOfJobColumns } from './run-columns.js';

/** Rows that are read one by one; a job with more is shown by what varies in it. */
const rowsToRead = 24;

/** Between two looks at a job that runs: enough for the eye. */
const lookMs = 1_000;

/**
 * One job: live progress while it runs, then its result table.
 * @param {HTMLElement} main
 * @param {{ jobId: string, query: URLSearchParams }} parameters
 * @param {AbortSignal} signal
 */
export async function jobPage(main, { jobId, query }, signal) {
  const id = encodeURIComponent(jobId);
  const job = /** @type {import('#contracts').JobView} */ (await get(`v1/jobs/${id}`, signal));
  const head = h('section', { 'aria-label': 'Progress' });
  const cancel = cancelButton(id);
  const labels = jobLabels(job);
  const results = h('section', { 'aria-label': 'Results' }, loading('Loading the results…'));
  /** @type {Drawn} */
  const drawn = { everyHost: false, results: { rows: rowsAtOnce }, failures: { rows: rowsAtOnce } };
  const runs = listing({
    ...{ caption: 'Runs', columns: runsOfJobColumns, path: 'v1/runs', query: { jobId, sort: 'state' }, signal },
    ...{ address: query, search: 'host, or the end of an id', filters: runFilters, usualSort: 'state' },
  });
  const runsSection = h(
    'section',
    { 'aria-label': 'Runs of this job' },
    h('h2', {}, 'Runs ', runs.shown),
    runs.element,
  );
  const compared = job.spec.matrix && h('section', { 'aria-label': 'Matrix' });
  fill(
    main,
    title(job.spec.name ?? `Job ${short(jobId)}`, h('a', { href: `#/submit?job=${id}` }, 'Submit one like it')),
    head,
    labels.element,
    cancel.element,
    compared,
    results,
    runsSection,
  );
  /** @param {import('#contracts').JobView} view */
  const showHead = (view) => {
    fill(head, heading(view));
    labels.show(view.labels);
    cancel.element.hidden = view.state === 'ended';
    cancel.stopped(view.state === 'cancelling');
  };
  showHead(job);
  await Promise.all([showResults(results, id, drawn, signal), runs.start()]);
  if (job.state === 'ended') {
    await showCompared(compared, id, signal);
    return;
  }
  // The bar moves faster than the results, which are heavier; when it has reached its end, they are read for the last time.
  const [over, resultsOver] = [new AbortController(), new AbortController()];
  const running = AbortSignal.any([signal, resultsOver.signal]);
  const readEnd = async () => {
    resultsOver.abort();
    await Promise.all([showResults(results, id, drawn, signal), runs.refreshAll()]);
    await showCompared(compared, id, signal);
    over.abort();
  };
  const readHead = async () => {
    const view = /** @type {import('#contracts').JobView} */ (await get(`v1/jobs/${id}`, signal));
    showHead(view);
    if (view.state === 'ended') await readEnd();
  };
  const readResults = () => Promise.all([showResults(results, id, drawn, running), runs.refresh()]);
  head.before(live(lookMs, AbortSignal.any([signal, over.signal]), readHead));
  results.before(live(lookMs, running, readResults, 'The results stand'));
}

/**
 * The cells of a matrix compared, once the job has ended; nothing without a matrix.
 * @param {HTMLElement | undefined} section
 * @param {string} id
 * @param {AbortSignal} signal
 */
async function showCompared(section, id, signal) {
  if (!section) return;
  const { comparisons } = /** @type {import('#contracts').JobComparisons} */ (
    await get(`v1/jobs/${id}/comparisons`, signal)
  );
  refill(section, matrixSection(comparisons));
}

/**
 * The button outlives the figures that are drawn again around it, so that it keeps the focus.
 * @param {string} id of the job
 */
function cancelButton(id) {
  const message = h('div', { role: 'status', class: 'quiet' });
  const button = h('button', { type: 'button', class: 'danger', onclick: cancel }, 'Cancel this job');
  async function cancel() {
    button.disabled = true;
    try {
      await post(`v1/jobs/${id}/cancel`, { reason: 'cancelled on the console' });
    } catch (error) {
      button.disabled = false;
      fill(message, problemBox(error));
    }
  }
  return {
    element: h('div', { class: 'actions' }, button, message),
    /** @param {boolean} cancelling */
    stopped(cancelling) {
      if (!cancelling) return;
      button.disabled = true;
      message.textContent = 'Cancelling: runs that have begun are being stopped.';
    },
  };
}

/** @param {import('#contracts').JobView} job */
function heading(job) {
  return [
    progressBar(job.runs),
    whyItWaits(job),
    facts([
      ['State', jobState(job)],
      ['Submitted', [time(job.submittedAt), ' by ', h('bdi', {}, job.submittedBy)]],
      ['Ended', job.endedAt && time(job.endedAt)],
      ['Hosts', job.spec.selector ? selector(job.spec.selector) : hostLinks(job.spec.hosts ?? [])],
      ['Control hosts', job.spec.control && selector(job.spec.control)],
      [
        'Asked for',
        `${counted(job.spec.runsPerHost, 'run')} a host${job.spec.matrix ? ', guest' : ''} and probe, ${count(job.spec.faults)} crossings a run, ${job.spec.order}`,
      ],
      ...matrixFacts(job.spec.matrix),
      ['Samples', count(job.samples)],
      ['Lost', lost(job.lost)],
      ['Seed', String(job.spec.seed)],
      ['Job id', h('code', {}, job.jobId)],
    ]),
  ];
}

/**
 * What a person has asked to see of the results, whenever they are drawn again.
 * @typedef {{ everyHost: boolean, results: { rows: number }, failures: { rows: number } }} Drawn
 */

/**
 * @param {HTMLElement} section
 * @param {string} id of the job
 * @param {Drawn} drawn
 * @param {AbortSignal} signal
 */
async function showResults(section, id, drawn, signal) {
  const overview = /** @type {import('#contracts').JobOverview} */ (await get(`v1/jobs/${id}/overview`, signal));
  if (overview.rows + overview.failureRows <= rowsToRead || drawn.everyHost)
    return showRows(section, id, drawn, signal);
  const button = h('button', { type: 'button', onclick: showEvery }, `Show all ${count(overview.rows)} rows`);
  refill(section, jobOverview(overview), h('div', { class: 'actions' }, button));
  async function showEvery() {
    drawn.everyHost = true;
    button.disabled = true;
    try {
      await showRows(section, id, drawn, signal);
    } catch (error) {
      if (isAbort(error)) return;
      button.disabled = false;
      button.after(problemBox(error));
    }
  }
}

/**
 * A row for each host, boot state and metric.
 *
 * @param {HTMLElement} section
 * @param {string} id of the job
 * @param {Drawn} drawn
 * @param {AbortSignal} signal
 */
async function showRows(section, id, drawn, signal) {
  const { rows, failures } = /** @type {import('#contracts').JobResults} */ (
    await get(`v1/jobs/${id}/results`, signal)
  );
  const provenances = [...new Set(rows.map((row) => row.provenance))];
  refill(
    section,
    failures.length > 0 && [
      h('h2', {}, 'What gave no result'),
      longTable('Failures', failureColumns, failures, drawn.failures),
    ],
    h('h2', {}, 'Results'),
    rows.length > 0 &&
      h(
        'p',
        { class: 'quiet' },
        'TSC cycles. p5, p50 and p99 are medians over the runs of each run’s own quantile: the replicate is a run.',
      ),
    longTable('Results by host and metric', resultColumnsOf(rows), rows, drawn.results, 'No run has completed yet.'),
    noiseNotes(rows),
    // More lines than that are no picture any more.
    rows.length <= rowsToRead &&
      h(
        'div',
        { class: 'charts' },
        provenances.map((from) =>
          quantileChart(
            rows.filter((row) => row.provenance === from),
            from,
          ),
        ),
      ),
  );
}

/**
 * The executor has a column where there is more than one.
 *
 * @param {import('#contracts').JobResultRow[]} rows
 */
function resultColumnsOf(rows) {
  const several = new Set(rows.map(({ executor }) => executor)).size > 1;
  return resultColumns.filter(({ title }) => several || title !== 'Executor');
}

/** @type {import('../dom.js').Column<import('#contracts').JobResultRow>[]} */
const resultColumns = [
  { title: 'Host', cell: (row) => hostLink(row.hostId) },
  { title: 'Generation', cell: (row) => row.generation },
  { title: 'Bare / VM', cell: (row) => virtualizationName[row.virtualization] },
  { title: 'Kernel', cell: bootText },
  { title: 'Executor', cell: (row) => row.executor },
  { title: 'Metric', cell: (row) => measureName(row.probe, row.metric) },
  { title: 'Runs', number: true, cell: (row) => count(row.runs) },
  { title: 'Samples', number: true, cell: (row) => count(row.samples) },
  { title: 'Lost', number: true, cell: (row) => lost(row.lost) },
  { title: 'p5', number: true, cell: (row) => cycles(row.p5Cycles) },
  { title: 'p50', number: true, cell: (row) => h('strong', {}, cycles(row.p50Cycles)) },
  { title: 'p99', number: true, cell: (row) => cycles(row.p99Cycles) },
  { title: 'p50 ns', number: true, cell: (row) => nanoseconds(row.p50Ns) },
  { title: 'Provenance', cell: (row) => [provenance(row.provenance), noiseMark(row.noise), floorMark(row.noiseFloor)] },
];

/** @type {import('../dom.js').Column<import('#contracts').JobResults['failures'][number]>[]} */
const failureColumns = [
  { title: 'Host', cell: hostAndGuest },
  { title: 'Probe', cell: (row) => row.probe },
  { title: 'Runs', number: true, cell: (row) => count(row.runs) },
  { title: 'State', cell: (row) => runState(row.state) },
  { title: 'Why', long: true, cell: (row) => row.failure?.message ?? none },
  { title: 'What to do', long: true, cell: (row) => row.failure?.remedy ?? none },
];
