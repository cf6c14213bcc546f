// A job put together by a person: the form, and what it says as the API takes it.
import { h } from '../dom.js';
import { choiceField, termChips, textField } from '../fields.js';
import { everyMeasure } from '../format.js';
import { labelsOf, labelText } from '../label-text.js';
import { unavailableChoices, usualChoices } from '#wording';

/** @typedef {Record<string, unknown>} Body of POST /v1/jobs, which says what is wrong with it */

const states = /** @type {const} */ (['silent', 'draining', 'quarantined']);

/**
 * What becomes of hosts in a state: first what does unless a person says otherwise.
 * @param {typeof states[number]} state
 * @returns {import('../fields.js').Options}
 */
function choicesOf(state) {
  const { [usualChoices[state]]: usual, ...others } = unavailableChoices;
  return [['', `${usual} (usual)`], ...Object.entries(others)];
}

/** Shows what can be chosen for hosts that can't begin now. @param {HTMLFormElement} form */
export function openChoices(form) {
  const choices = /** @type {HTMLDetailsElement | null} */ (form.querySelector('details.choices'));
  if (choices) choices.open = true;
}

/**
 * The fields as a job was submitted, with the labels that it has now.
 * @param {import('#contracts').JobView} job
 */
export const fieldsOfJob = ({ labels, spec }) => ({ ...fieldsOfSpec(spec), labels: labelText(labels) });

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
  unavailable = {},
}) => ({
  ...{ name: name ?? '', selector: selector ?? '', hosts: hosts?.join(', ') ?? '', control: control ?? '' },
  ...{ probe: probes?.join(' ') ?? '', executor: executor ?? '', order, priority },
  ...{ faults: String(faults), warmup: String(warmup), runsPerHost: String(runsPerHost) },
  ...Object.fromEntries(Object.entries(unavailable).map(([state, choice]) => [`unavailable-${state}`, choice])),
});

/**
 * What the form says, as the API takes it. Numbers that are none go as they are: the API says what is wrong with them.
 * @param {HTMLFormElement} form
 * @returns {Body}
 */
export function bodyOf(form) {
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
  const labels = given.get('labels');
  const unavailable = states.flatMap((state) => {
    const choice = given.get(`unavailable-${state}`);
    return choice === undefined ? [] : [[state, choice]];
  });
  return {
    ...{ ...text('name'), ...text('selector'), ...text('control'), ...text('executor') },
    ...{ ...text('order'), ...text('priority'), ...(hosts && { hosts }), ...(probes && { probes }) },
    ...{ ...(labels && { labels: labelsOf(labels) }) },
    ...(unavailable.length > 0 && { unavailable: Object.fromEntries(unavailable) }),
    ...{ ...number('faults'), ...number('warmup'), ...number('runsPerHost'), ...number('seed') },
  };
}

/**
 * @param {Record<string, string>} usual
 * @param {import('#contracts').LabelsView} labels
 * @param {{ button: HTMLButtonElement, changed: () => void, submit: () => Promise<void> }} does
 */
export function jobForm(usual, { items }, { button, changed, submit }) {
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
    },
    selector,
    field('hosts', 'or hosts by name', { placeholder: 'host-1, host-2' }),
    termChips(
      withHosts,
      'Terms for the selector',
      () => /** @type {HTMLInputElement} */ (selector.querySelector('input')),
    ),
    choice('probe', 'Probe', [['', 'each host’s own'], ...same(probes)]),
    choice('executor', 'Executor', [
      ['', 'each host’s own'],
      ...same(['patched-host', 'vm', 'stock-host', 'simulator']),
    ]),
    field('faults', 'Crossings a run', { inputmode: 'numeric' }),
    field('runsPerHost', 'Runs a host and probe', { inputmode: 'numeric' }),
    field('name', 'Name', { maxlength: 200, placeholder: 'what it is for' }),
    field('labels', 'Labels of the job', { placeholder: 'team=kernel, purpose=patch' }),
    h(
      'details',
      { class: 'choices', open: states.some((state) => usual[`unavailable-${state}`]) },
      h('summary', {}, 'Hosts that can’t begin now'),
      states.map((state) => choice(`unavailable-${state}`, `If ${state}`, choicesOf(state))),
    ),
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
