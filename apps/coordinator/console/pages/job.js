import { ApiProblem, follow, get, messageOf, post } from '../api.js';
import { facts, fill, h, refill, table, title } from '../dom.js';
import { jobState, measureLabel, provenance, runState, selector, short, time } from '../format.js';
import { virtualizationName, bootText, count, cycles, nanoseconds, none } from '#wording';
import { quantileChart } from '../charts/quantile-chart.js';
import { listing } from '../listing.js';
import { floorMark, noiseMark, noiseNotes } from '../noise.js';
import { lost } from './lost.js';
import { jobOverview } from './job-overview.js';
import { matrixFacts, matrixSection } from './matrix.js';
import { progressBar } from './progress.js';
import { hostAndGuest, runFilters, runsOfJobColumns } from './run-columns.js';

/** Rows that are read one by one; a job with more is shown by what varies in it. */
const rowsToRead = 24;

/** Between two readings of the results, which are heavier than the bar: enough for the eye. */
const refreshMs = 1_000;
/**
 * A reading is followed by so many times its own time without one: over 10,000 hosts it takes 1.1 s of the coordinator's and
 * PostgreSQL's CPU, so that somebody who looks on costs them no more than a tenth.
 */
const restShare = 10;

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
  const results = h(
    'section',
    { 'aria-label': 'Results' },
    h('p', { class: 'loading', role: 'status' }, 'Loading the results…'),
  );
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
    cancel.element,
    compared,
    results,
    runsSection,
  );
  /** @param {import('#contracts').JobView} view */
  const showHead = (view) => {
    fill(head, heading(view));
    cancel.element.hidden = view.state === 'ended';
    cancel.stopped(view.state === 'cancelling');
  };
  showHead(job);
  await Promise.all([showResults(results, id, signal), runs.start()]);
  if (job.state === 'ended') {
    await showCompared(compared, id, signal);
    return;
  }
  let nextMs = Date.now() + refreshMs;
  /** @type {Promise<unknown>} */
  let reading = Promise.resolve();
  await follow(`v1/jobs/${id}/progress`, signal, (_name, data) => {
    const view = /** @type {import('#contracts').JobView} */ (data);
    showHead(view);
    if (view.state === 'ended') void show(showCompared(compared, id, signal), compared);
    if (view.state !== 'ended' && Date.now() < nextMs) return;
    nextMs = Infinity;
    // One after the other, so that the last one read is the last one shown.
    reading = reading.then(async () => {
      const began = Date.now();
      await Promise.all([
        show(showResults(results, id, signal), results),
        show(view.state === 'ended' ? runs.refreshAll() : runs.refresh(), runsSection),
      ]);
      nextMs = Date.now() + Math.max(refreshMs, (Date.now() - began) * restShare);
    });
  });

  /**
   * What fails once the page stands is said where it was to stand.
   * @param {Promise<void>} shown
   * @param {HTMLElement | undefined} section
   */
  function show(shown, section) {
    return shown.catch((/** @type {unknown} */ error) => {
      if (!signal.aborted)
        section?.append(h('p', { role: 'alert' }, `The results could not be read: ${messageOf(error)}`));
    });
  }
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
  const message = h('p', { role: 'status', class: 'quiet' });
  const button = h('button', { type: 'button', class: 'danger', onclick: cancel }, 'Cancel this job');
  async function cancel() {
    button.disabled = true;
    try {
      await post(`v1/jobs/${id}/cancel`, { reason: 'cancelled on the console' });
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      button.disabled = false;
      message.textContent = `${error.message}. ${error.problem.remedy ?? ''}`;
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
    facts([
      ['State', jobState(job)],
      ['Submitted', [time(job.submittedAt), ` by ${job.submittedBy}`]],
      ['Ended', job.endedAt && time(job.endedAt)],
      ['Hosts', job.spec.selector ? selector(job.spec.selector) : hostList(job.spec.hosts ?? [])],
      ['Control hosts', job.spec.control && selector(job.spec.control)],
      [
        'Asked for',
        `${job.spec.runsPerHost} runs a host${job.spec.matrix ? ', guest' : ''} and probe, ${count(job.spec.faults)} crossings a run, ${job.spec.order}`,
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
 * @param {HTMLElement} section
 * @param {string} id of the job
 * @param {AbortSignal} signal
 */
async function showResults(section, id, signal) {
  const overview = /** @type {import('#contracts').JobOverview} */ (await get(`v1/jobs/${id}/overview`, signal));
  const everyHost = section.dataset['every'] === 'host';
  if (overview.rows + overview.failureRows <= rowsToRead || everyHost) return showRows(section, id, signal);
  const button = h('button', { type: 'button', onclick: showEvery }, `Show all ${count(overview.rows)} rows`);
  refill(section, jobOverview(overview), h('div', { class: 'actions' }, button));
  async function showEvery() {
    section.dataset['every'] = 'host';
    button.disabled = true;
    await showRows(section, id, signal);
  }
}

/**
 * A row for each host, boot state and metric.
 *
 * @param {HTMLElement} section
 * @param {string} id of the job
 * @param {AbortSignal} signal
 */
async function showRows(section, id, signal) {
  const { rows, failures } = /** @type {import('#contracts').JobResults} */ (
    await get(`v1/jobs/${id}/results`, signal)
  );
  const provenances = [...new Set(rows.map((row) => row.provenance))];
  refill(
    section,
    failures.length > 0 && [h('h2', {}, 'What gave no result'), table('Failures', failureColumns, failures)],
    h('h2', {}, 'Results'),
    rows.length > 0 &&
      h(
        'p',
        { class: 'quiet' },
        'TSC cycles. p5, p50 and p99 are medians over the runs of each run’s own quantile: the replicate is a run.',
      ),
    table('Results by host and metric', resultColumnsOf(rows), rows, 'No run has completed yet.'),
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

/** Host ids that are named of a job that names its hosts. */
const namedHosts = 8;

/** @param {readonly string[]} hosts */
const hostList = (hosts) => [
  hosts.slice(0, namedHosts).map((id, at) => [at > 0 && ', ', h('a', { href: `#/hosts/${id}` }, id)]),
  hosts.length > namedHosts && ` and ${count(hosts.length - namedHosts)} more`,
];

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
  { title: 'Host', cell: (row) => h('a', { href: `#/hosts/${row.hostId}` }, row.hostId) },
  { title: 'Generation', cell: (row) => row.generation },
  { title: 'Bare / VM', cell: (row) => virtualizationName[row.virtualization] },
  { title: 'Kernel', cell: bootText },
  { title: 'Executor', cell: (row) => row.executor },
  { title: 'Metric', cell: (row) => measureLabel(row.probe, row.metric) },
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
