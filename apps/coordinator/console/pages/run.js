import { beginning, get, messageOf } from '../api.js';
import { bootSection } from '../boot-facts.js';
import { trendChart } from '../charts/trend-chart.js';
import { facts, fill, h, note, table, title } from '../dom.js';
import { hostLink, jobLink, labelList, measureLabel, provenance, runState, short, time } from '../format.js';
import { resultNotes, runFloorMark } from '../noise.js';
import { count, cycles, nanoseconds, noiseText } from '#wording';
import { loading } from '../loading.js';
import { saveButton } from '../save-button.js';
import { histogramChart } from '../charts/histogram-chart.js';
import { lost } from './lost.js';

/** @typedef {import('#contracts').RunResult} RunResult */

/**
 * One run: its distribution, what was lost, and the way down to the kernel-log bytes.
 * @param {HTMLElement} main
 * @param {{ runId: string }} parameters
 * @param {AbortSignal} signal
 */
export async function runPage(main, { runId }, signal) {
  const id = encodeURIComponent(runId);
  const run = /** @type {import('#contracts').RunDetail} */ (await get(`v1/runs/${id}`, signal));
  const histograms = /** @type {import('#contracts').HistogramView[]} */ (
    await Promise.all(run.results.map((result) => get(`v1/runs/${id}/histogram?metric=${result.metric}`, signal)))
  );
  const hasSeries = run.results.length > 0 && run.endedAt !== null;
  const series = h('section', { 'aria-label': 'Its place in its series' }, hasSeries && loading('Reading its series…'));
  fill(
    main,
    title(`Run ${short(run.runId)}`, provenance(run.provenance), runFloorMark(run), runState(run.state)),
    facts([
      ['Host', hostLink(run.hostId)],
      ['Job', jobLink(run.jobId)],
      ['Probe', run.probe],
      ['Executor', run.executor],
      ['Attempt', run.attempt],
      ['Started', run.startedAt && time(run.startedAt)],
      ['Ended', run.endedAt && time(run.endedAt)],
      ['Asked for', `${count(run.faults)} crossings`],
      ['Samples', count(run.samples)],
      ['Lost', lost(run.lost)],
      ['Rejected', count(run.rejected)],
      ['Damaged lines', lost(run.damagedLines)],
      ['Parser', run.parserVersion && `version ${run.parserVersion}`],
      [
        'Cost of the stamps',
        run.overheadCycles === null ? null : `${run.overheadCycles} cycles a pair, not subtracted`,
      ],
      ['Seed', run.seed],
      ['Pinned to CPU', run.pinnedCpu],
      ['Noise of the machine', run.noise && noiseText(run.noise)],
      ['Run id', h('code', {}, run.runId)],
      ['Events', h('a', { href: `#/events?stream=run-${run.runId}` }, 'of this run')],
    ]),
    run.failure && failureBox(run.failure),
    resultNotes(run),
    run.annotations.length > 0 && [h('h2', {}, 'Annotations'), annotationTable(run.annotations)],
    h('p', { class: 'actions' }, run.attempt > 0 && rawButton(run), run.state === 'completed' && sampleButtons(run)),
    run.results.length > 0 && h('h2', {}, 'Distribution'),
    h(
      'div',
      { class: 'charts' },
      histograms.map((histogram, i) => histogramChart(histogram, /** @type {RunResult} */ (run.results[i]))),
    ),
    run.results.length > 0 && resultTable(run),
    series,
    h('h2', {}, 'Losses and damage'),
    gapTable(run.gaps),
    run.attempt > 0 && [h('h2', {}, 'Kernel log'), logLines(id, signal)],
    run.evidence && [h('h2', {}, 'Evidence of its provenance'), facts(evidenceFacts(run.evidence))],
    run.bootState && bootSection(run.bootState, run.bootStateHash),
    run.labels && [h('h2', {}, 'Labels'), labelList(run.labels)],
  );
  await showSeries(series, run, signal);
}

/** @param {Record<string, unknown>} evidence @returns {import('../dom.js').Fact[]} */
const evidenceFacts = (evidence) =>
  Object.entries(evidence).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]);

/** Days before a run and after it, within which the other runs of its series stand beside it. */
const [daysBefore, daysAfter] = [60, 30];

/**
 * @param {HTMLElement} section
 * @param {import('#contracts').RunDetail} run
 * @param {AbortSignal} signal
 */
async function showSeries(section, run, signal) {
  if (run.results.length === 0 || run.endedAt === null) return;
  const ended = Date.parse(run.endedAt);
  // What is yet to come has no runs.
  const at = (/** @type {number} */ days) =>
    new Date(Math.min(ended + days * 86_400_000, Math.max(ended, Date.now()))).toISOString();
  const selector = `host=${run.hostId},executor=${run.executor},provenance=${run.provenance}`;
  try {
    const all = await Promise.all(
      run.results.map(({ metric }) => {
        const span = { since: at(-daysBefore), until: at(daysAfter), resolution: 'run' };
        const asked = new URLSearchParams({ selector, by: 'host', probe: run.probe, metric, ...span });
        return get(`v1/trends?${asked}`, signal);
      }),
    );
    const figures = all.flatMap((reply) => {
      const trends = /** @type {import('#contracts').Trends} */ (reply);
      return trends.series.map((one) => {
        const unit = one.points.some((point) => point.ns !== null) ? 'ns' : 'cycles';
        const name = `${measureLabel(trends.probe, trends.metric)} on ${run.hostId}`;
        return trendChart({ series: one, name, unit, trends: { ...trends, changes: [] }, runId: run.runId });
      });
    });
    fill(section, figures.length > 0 && [h('h2', {}, 'Its place in its series'), figures]);
  } catch (error) {
    if (signal.aborted) return;
    fill(section, note(`Its series could not be read: ${messageOf(error)}`));
  }
}

/** Bytes of a kernel log that are shown; all of it can be saved. */
const shownBytes = 32_768;

/**
 * The first lines of a run's kernel log, read when a person asks for them.
 * @param {string} id of the run
 * @param {AbortSignal} signal
 */
function logLines(id, signal) {
  const text = h('pre', { class: 'log', tabindex: 0, 'aria-label': 'Kernel log' }, 'Reading…');
  let asked = false;
  return h(
    'details',
    {
      class: 'log',
      ontoggle: async () => {
        if (asked) return;
        asked = true;
        try {
          const { text: lines, whole } = await beginning(`v1/runs/${id}/raw`, shownBytes, signal);
          // The last line is cut where the bytes are.
          text.textContent = whole
            ? lines || 'It is empty.'
            : `${lines.slice(0, lines.lastIndexOf('\n') + 1)}… save the kernel-log bytes for the rest`;
        } catch (error) {
          if (!signal.aborted) text.textContent = messageOf(error);
        }
      },
    },
    h('summary', {}, 'Show its first lines'),
    text,
  );
}

/** @typedef {import('#contracts').RunDetail['annotations'][number]} AnnotationView */

/** @param {AnnotationView[]} annotations */
function annotationTable(annotations) {
  /** @param {AnnotationView} annotation */
  const labelText = ({ labels = {} }) =>
    Object.entries(labels)
      .map(([name, value]) => `${name}=${value}`)
      .join(', ');
  return table(
    'Annotations',
    [
      { title: 'When', cell: ({ at }) => time(at) },
      { title: 'By', cell: ({ by }) => by },
      { title: 'Labels', cell: labelText },
      { title: 'Note', long: true, cell: ({ note }) => note ?? null },
    ],
    annotations,
  );
}

/** @param {import('#contracts').Failure} failure */
function failureBox({ code, message, remedy }) {
  return h('div', { class: 'failure' }, h('strong', {}, `${message} (${code})`), h('p', {}, `What to do: ${remedy}`));
}

/** @param {import('#contracts').RunView} run */
const rawButton = (run) => saveButton('Kernel-log bytes', `v1/runs/${run.runId}/raw`, `run-${run.runId}.log`);
/** @param {import('#contracts').RunView} run */
const sampleButtons = (run) =>
  ['csv', 'ndjson'].map((format) =>
    saveButton(
      `Samples as ${format.toUpperCase()}`,
      `v1/runs/${run.runId}/samples?format=${format}`,
      `run-${run.runId}-${run.provenance}.${format}`,
    ),
  );

/** @param {import('#contracts').RunView} run */
function resultTable(run) {
  /**
   * @param {string} name
   * @param {Exclude<keyof RunResult, 'metric' | 'noiseFloor'>} key
   * @returns {import('../dom.js').Column<RunResult>}
   */
  const quantile = (name, key) => ({ title: name, number: true, cell: (r) => cycles(r[key]) });
  return table(
    'Quantiles, TSC cycles',
    [
      { title: 'Metric (TSC cycles)', cell: (r) => measureLabel(run.probe, r.metric) },
      { title: 'Samples', number: true, cell: (r) => count(r.samples) },
      { title: 'Missing', number: true, cell: (r) => count(r.invalid) },
      { title: 'Interrupted', number: true, cell: (r) => count(r.interrupted) },
      quantile('min', 'minCycles'),
      quantile('p5', 'p5Cycles'),
      quantile('p25', 'p25Cycles'),
      quantile('p50', 'p50Cycles'),
      quantile('p75', 'p75Cycles'),
      quantile('p95', 'p95Cycles'),
      quantile('p99', 'p99Cycles'),
      quantile('max', 'maxCycles'),
      quantile('mean', 'meanCycles'),
      { title: 'p50 ns', number: true, cell: (r) => nanoseconds(r.p50Ns) },
    ],
    run.results,
  );
}

/** @param {import('#contracts').RunDetail['gaps']} gaps */
function gapTable(gaps) {
  return table(
    'Losses and damage',
    [
      { title: 'Attempt', number: true, cell: (gap) => count(gap.attempt) },
      { title: 'What', cell: (gap) => gap.reason },
      { title: 'Lost samples', number: true, cell: (gap) => lost(gap.lostSamples) },
      { title: 'Lost records', number: true, cell: (gap) => count(gap.lostRecords) },
      { title: 'Bytes of the log', number: true, cell: (gap) => `${count(gap.rawFrom)}–${count(gap.rawTo)}` },
      { title: 'Detail', long: true, cell: (gap) => gap.detail },
    ],
    gaps,
    'None: every announced crossing is accounted for.',
  );
}
