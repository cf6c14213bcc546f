import { get, post } from '../api.js';
import { facts, fill, h, note, table, title } from '../dom.js';
import { choiceField, termChips, textField } from '../fields.js';
import { everyMeasure, hostLinks, provenance } from '../format.js';
import { count, counted, guestText, none } from '#wording';
import { loading } from '../loading.js';
import { problemBox } from '../problem-box.js';

/** @typedef {import('#contracts').JobPreview} JobPreview */
/** @typedef {Record<string, unknown>} Body of POST /v1/jobs, which says what is wrong with it */

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
    ...(before && fieldsOfSpec(before.spec)),
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
      if (mine === latest) fill(preview, previewOf(plan));
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

/** @param {import('#contracts').JobView['spec']} spec */
const fieldsOfSpec = ({
  name,
  selector,
  hosts,
  control,
  probes,
  executor,
  faults,
  warmup,
  runsPerHost,
  order,
  priority,
}) => ({
  ...{ name: name ?? '', selector: selector ?? '', hosts: hosts?.join(', ') ?? '', control: control ?? '' },
  ...{ probe: probes?.join(' ') ?? '', executor: executor ?? '', order, priority },
  ...{ faults: String(faults), warmup: String(warmup), runsPerHost: String(runsPerHost) },
});

/**
 * What the form says, as the API takes it. Numbers that are none go as they are: the API says what is wrong with them.
 * @param {HTMLFormElement} form
 * @returns {Body}
 */
function bodyOf(form) {
  const given = new Map(
    [...new FormData(form)].flatMap(([name, value]) =>
      typeof value === 'string' && value.trim() !== '' ? [/** @type {const} */ ([name, value.trim()])] : [],
    ),
  );
  /** @param {string} name */
  const number = (name) => {
    const text = given.get(name);
    return text === undefined ? {} : { [name]: /^\d+$/.test(text) ? Number(text) : text };
  };
  /** @param {string} name */
  const text = (name) => (given.has(name) ? { [name]: given.get(name) } : {});
  const hosts = given
    .get('hosts')
    ?.split(/[\s,]+/)
    .filter(Boolean);
  const probes = given.get('probe')?.split(' ');
  return {
    ...{ ...text('name'), ...text('selector'), ...text('control'), ...text('executor') },
    ...{ ...text('order'), ...text('priority'), ...(hosts && { hosts }), ...(probes && { probes }) },
    ...{ ...number('faults'), ...number('warmup'), ...number('runsPerHost'), ...number('seed') },
  };
}

/**
 * @param {Record<string, string>} usual
 * @param {import('#contracts').LabelsView} labels
 * @param {{ button: HTMLButtonElement, changed: () => void, submit: () => Promise<void> }} does
 */
function jobForm(usual, { items }, { button, changed, submit }) {
  /** @param {string} name @param {string} label @param {Record<string, unknown>} [more] */
  const field = (name, label, more) => textField(name, label, usual[name], more);
  /** @param {string} name @param {string} label @param {import('../fields.js').Options} options */
  const choice = (name, label, options) => choiceField(name, label, options, usual[name]);
  const withHosts = items.map((label) => ({ ...label, values: label.values.filter(({ hosts }) => hosts > 0) }));
  const probes = [...new Set(everyMeasure().map(({ probe }) => probe))];
  /** @param {readonly string[]} names */
  const same = (names) => names.map((name) => /** @type {const} */ ([name, name]));
  const selector = field('selector', 'Hosts (selector; * is all)', { placeholder: 'generation=Zen-3,virt=bare' });
  const form = h(
    'form',
    {
      class: 'job',
      onsubmit: (event) => {
        event.preventDefault();
        void submit();
      },
      oninput: changed,
      onchange: changed,
    },
    selector,
    field('hosts', 'or hosts by name', { placeholder: 'host-1, host-2' }),
    termChips(
      withHosts,
      'Terms for the selector',
      () => /** @type {HTMLInputElement} */ (selector.querySelector('input')),
    ),
    choice('probe', 'Probe', [['', 'what each host measures'], ...same(probes)]),
    choice('executor', 'Executor', [
      ['', 'each host’s own'],
      ...same(['patched-host', 'vm', 'stock-host', 'simulator']),
    ]),
    field('faults', 'Crossings a run', { inputmode: 'numeric' }),
    field('runsPerHost', 'Runs a host and probe', { inputmode: 'numeric' }),
    field('name', 'Name', { maxlength: 200, placeholder: 'what it is for' }),
    h(
      'details',
      { open: usual.control !== '' },
      h('summary', {}, 'Control hosts, warm-up, order, priority, seed'),
      field('control', 'Control hosts (selector)', { placeholder: 'role=control' }),
      field('warmup', 'Crossings before the first that counts', { inputmode: 'numeric' }),
      choice('order', 'Order', same(['interleaved', 'sequential', 'shuffled'])),
      choice('priority', 'Priority', same(['high', 'normal', 'low'])),
      field('seed', 'Seed', { inputmode: 'numeric', placeholder: 'follows from the job' }),
    ),
    button,
  );
  return form;
}

/** @param {JobPreview} plan */
function previewOf({ hosts, runs, crossings, hostIds, lines }) {
  return [
    h('h2', {}, `${counted(runs, 'run')} on ${counted(hosts, 'host')}`),
    facts([
      ['Hosts', hostLinks(hostIds, hosts)],
      ['Crossings', count(crossings)],
    ]),
    table(
      'What will run',
      [
        { title: 'Executor', cell: (line) => line.executor },
        { title: 'Probe', cell: (line) => line.probe },
        { title: 'Guest', cell: (line) => (line.guest ? guestText(line.guest) : none) },
        { title: 'Hosts', number: true, cell: (line) => count(line.hosts) },
        { title: 'Runs', number: true, cell: (line) => count(line.runs) },
        { title: 'Provenance', cell: (line) => provenance(line.provenance) },
      ],
      lines,
    ),
  ];
}
