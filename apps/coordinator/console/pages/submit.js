import { ApiProblem, get, post } from '../api.js';
import { facts, fill, h, table, title } from '../dom.js';
import { everyMeasure, provenance } from '../format.js';
import { count, counted, guestText, none } from '#wording';
import { problemBox } from '../problem-box.js';

/** @typedef {import('#contracts').JobPreview} JobPreview */
/** @typedef {Record<string, unknown>} Body of POST /v1/jobs, which says what is wrong with it */

/** After the last keystroke. */
const typingMs = 400;
/** Labels that machines are told apart by, and values of each that are offered. */
const offered = ['generation', 'kernel-series', 'virt', 'rack'];
const offeredValues = 8;

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
    matrix &&
      h('p', { class: 'warning', role: 'note' }, 'Its matrix of guests goes along; change it with: ./xf submit --help'),
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
    try {
      const plan = /** @type {JobPreview} */ (await post('v1/jobs/preview', asked));
      if (mine === latest) fill(preview, previewOf(plan));
    } catch (error) {
      if (mine !== latest || signal.aborted) return;
      if (!(error instanceof ApiProblem)) throw error;
      fill(preview, problemBox(error.problem));
    }
  }

  async function submit() {
    button.disabled = true;
    try {
      const job = /** @type {import('#contracts').JobView} */ (await post('v1/jobs', body()));
      location.hash = `/jobs/${job.jobId}`;
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      fill(preview, problemBox(error.problem));
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
  const field = (name, label, more = {}) =>
    h(
      'div',
      {},
      h('label', { for: name }, label),
      h('input', { id: name, name, value: usual[name] ?? '', spellcheck: 'false', autocomplete: 'off', ...more }),
    );
  /** @param {string} name @param {string} label @param {readonly (readonly [value: string, text: string])[]} options */
  const choice = (name, label, options) =>
    h(
      'div',
      {},
      h('label', { for: name }, label),
      h(
        'select',
        { id: name, name },
        options.map(([value, text]) => h('option', { value, selected: value === usual[name] }, text)),
        options.every(([value]) => value !== usual[name]) &&
          h('option', { value: usual[name], selected: true }, usual[name]),
      ),
    );
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
    h('div', { class: 'chips' }, chips(items, selector)),
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

/**
 * Terms of what there is, each of which a click puts into the selector.
 * @param {import('#contracts').LabelView[]} items
 * @param {HTMLElement} field
 */
function chips(items, field) {
  const input = /** @type {HTMLInputElement} */ (field.querySelector('input'));
  return items
    .filter(({ name }) => offered.includes(name))
    .flatMap(({ name, values }) =>
      values
        .filter(({ hosts }) => hosts > 0)
        .slice(0, offeredValues)
        .map(({ value, hosts }) =>
          h(
            'button',
            {
              ...{ type: 'button', class: 'chip', title: counted(hosts, 'host') },
              onclick: () => {
                const others = input.value
                  .split(',')
                  .filter((term) => term.trim() !== '' && term.trim() !== '*' && !term.trim().startsWith(`${name}=`));
                input.value = [...others, `${name}=${value}`].join(',');
                input.dispatchEvent(new Event('input', { bubbles: true }));
              },
            },
            `${name}=${value}`,
          ),
        ),
    );
}

/** @param {JobPreview} plan */
function previewOf({ hosts, runs, crossings, hostIds, lines }) {
  const more = hosts - hostIds.length;
  return [
    h('h2', {}, `${counted(runs, 'run')} on ${counted(hosts, 'host')}`),
    facts([
      [
        'Hosts',
        [
          hostIds.map((id, at) => [at > 0 && ', ', h('a', { href: `#/hosts/${id}` }, id)]),
          more > 0 && ` and ${count(more)} more`,
        ],
      ],
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
