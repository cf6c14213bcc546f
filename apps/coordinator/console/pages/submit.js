import { get, post } from '../api.js';
import { fill, h, note, title } from '../dom.js';
import { loading } from '../loading.js';
import { problemBox } from '../problem-box.js';
import { bodyOf, fieldsOfJob, jobForm, openChoices } from './job-form.js';
import { previewOf } from './job-preview.js';

/** @typedef {import('#contracts').JobPreview} JobPreview */
/** @typedef {import('./job-form.js').Body} Body */

/** After the last keystroke. */
const typingMs = 400;

/**
 * A job put together: which hosts, what they run, and what would come of it, before it is submitted.
 * @param {HTMLElement} main
 * @param {{ query: URLSearchParams }} parameters
 * @param {AbortSignal} signal
 */
export async function submitPage(main, { query }, signal) {
  const like = query.get('job');
  const [labels, before] = /** @type {[import('#contracts').LabelsView, import('#contracts').JobView | null]} */ (
    await Promise.all([
      get('v1/labels', signal),
      like ? get(`v1/jobs/${encodeURIComponent(like)}`, signal) : Promise.resolve(null),
    ])
  );
  const usual = {
    ...{ name: '', selector: query.get('selector') ?? '', hosts: '', control: '', probe: '', executor: '' },
    ...{ faults: '10000', warmup: '1000', runsPerHost: '10', order: 'interleaved', priority: 'normal', seed: '' },
    labels: '',
    ...(before && fieldsOfJob(before)),
  };
  const preview = h('section', { 'aria-label': 'Preview', 'aria-live': 'polite', class: 'preview' });
  const button = h('button', {}, 'Submit');
  const form = jobForm(usual, labels, { button, changed, submit });
  const matrix = before?.spec.matrix;
  fill(
    main,
    title('Submit a job'),
    matrix && note('Its matrix of guests goes along; change it with: ./xf submit --help'),
    form,
    preview,
  );
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let typing;
  let latest = 0;

  /** @returns {Body} */
  const body = () => ({ ...bodyOf(form), ...(matrix && { matrix }) });

  function changed() {
    clearTimeout(typing);
    typing = setTimeout(() => void showPreview(), typingMs);
  }

  async function showPreview() {
    const mine = (latest += 1);
    const asked = body();
    if (asked.selector === undefined && asked.hosts === undefined) {
      fill(preview, h('p', { class: 'empty' }, 'Choose hosts to see what would run.'));
      return;
    }
    if (preview.childElementCount === 0) fill(preview, loading('Working out what would run…'));
    try {
      const plan = /** @type {JobPreview} */ (await post('v1/jobs/preview', asked));
      if (mine !== latest) return;
      fill(preview, previewOf(plan));
      if (plan.skipped.length + plan.waitsFor.length > 0) openChoices(form);
    } catch (error) {
      if (mine !== latest || signal.aborted) return;
      fill(preview, problemBox(error));
    }
  }

  async function submit() {
    button.disabled = true;
    latest += 1; // a preview under way comes too late
    fill(preview, loading('Submitting…', { again: false }));
    try {
      const job = /** @type {import('#contracts').JobView} */ (await post('v1/jobs', body()));
      location.hash = `/jobs/${job.jobId}`;
    } catch (error) {
      fill(preview, problemBox(error));
    } finally {
      button.disabled = false;
    }
  }
  await showPreview();
}
