import { ApiProblem, fieldsOf, get } from '../api.js';
import { facts, fill, h, title } from '../dom.js';
import { choiceField } from '../fields.js';
import { provenance } from '../format.js';
import { loading } from '../loading.js';
import { cycles, nanoseconds, onOff } from '#wording';
import { problemBox } from '../problem-box.js';
import { stepList } from './crossing-steps.js';

const fallback = 'haswell-ep';
const pagingWords = {
  bare: 'bare metal',
  ept: 'guest, nested page tables (EPT, NPT)',
  nested: 'guest in a guest',
  shadow: 'guest, shadow page tables',
};
/** @type {Record<string, string>} */
const originWords = { origin: 'the origin, Linux 4.19', 'origin-guest': 'the origin, Linux 4.19 guest' };
/** @param {string} name */
const programWords = (name) => originWords[name] ?? name.replace(/^hook-/, 'our hook, Linux ');
/** @param {number} share */
const percent = (share) => `± ${Math.round(share * 100)} %`;

/** @typedef {import('#contracts').SimExplanation} Explanation */

/**
 * One simulated crossing, instruction by instruction: what the machine does, and what each step costs.
 * @param {HTMLElement} main
 * @param {{ query: URLSearchParams }} parameters
 * @param {AbortSignal} signal
 */
export async function crossingPage(main, { query }, signal) {
  const outcome = h('div', {}, loading('Simulating…'));
  const wanted = new URLSearchParams([...query].filter(([, value]) => value !== ''));
  if (!wanted.has('cpu')) wanted.set('cpu', fallback);
  const heading = title('A crossing, step by step', provenance('simulated'));
  try {
    const explanation = /** @type {Explanation} */ (await get(`v1/sim/explain?${wanted}`, signal));
    main.replaceChildren(heading, form(wanted, explanation.choices), outcome);
    fill(outcome, explained(explanation));
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.problem.status !== 400) throw error;
    // What was refused stands above a link to what works: the form's choices came with the reply that failed.
    main.replaceChildren(heading, outcome);
    fill(outcome, problemBox(error), h('p', {}, h('a', { href: '#/crossing' }, `Back to ${fallback}`)));
  }
}

/** @typedef {[value: string, text: string]} Option */

/**
 * @param {URLSearchParams} wanted
 * @param {Explanation['choices']} choices
 */
function form(wanted, choices) {
  /** @param {string} name @param {string} label @param {Option[]} options */
  const select = (name, label, options) =>
    choiceField(name, label, options, wanted.get(name), {
      onchange: (/** @type {{ target: HTMLSelectElement }} */ event) => event.target.form?.requestSubmit(),
    });
  /** @type {Option} */
  const own = ['', 'as the machine has it'];
  /** @type {Option[]} */
  const either = [own, ['on', 'on'], ['off', 'off']];
  return h(
    'form',
    {
      class: 'crossing',
      onsubmit: (event) => {
        event.preventDefault();
        location.hash = `/crossing?${fieldsOf(event.target)}`;
      },
    },
    select(
      'cpu',
      'CPU',
      choices.cpus.map((cpu) => [cpu, cpu]),
    ),
    select('kpti', 'KPTI', either),
    select('verw', 'VERW', either),
    select('virt', 'Virtualization', [
      own,
      ...choices.virt.map(/** @returns {Option} */ (name) => [name, pagingWords[name]]),
    ]),
    select('program', 'Stamps taken by', [
      own,
      ...choices.programs.map(/** @returns {Option} */ (name) => [name, programWords(name)]),
    ]),
    h('button', {}, 'Explain'),
  );
}

/** @param {Explanation} explanation */
function explained({ machine, windows, steps, death }) {
  const panel = h('section', { class: 'panel', tabindex: 0, 'aria-label': 'The chosen step', 'aria-live': 'polite' });
  const first = steps.findIndex(({ window }) => window !== null);
  return [
    facts([
      ['CPU', machine.cpuName],
      ['Costs', `${machine.costs} (${machine.lineage})`],
      ['Clocks', `TSC ${machine.tscMhz} MHz, core ${machine.coreMhz} MHz`],
      ['KPTI', onOff(machine.kpti)],
      ['SMAP', onOff(machine.smap)],
      ['VERW', machine.verw ? 'on the way out' : 'off'],
      ['Virtualization', pagingWords[machine.virt]],
      ['Stamps taken by', programWords(machine.program)],
    ]),
    death === null
      ? h(
          'div',
          { class: 'sums' },
          windowSum('user → kernel (u2k)', windows.u2k),
          windowSum('kernel → user (k2u)', windows.k2u),
        )
      : h(
          'p',
          { class: 'failure', role: 'note' },
          `The machine dies on the way: ${death.detail} (${death.kind}). The last step below is where.`,
        ),
    h(
      'div',
      { class: 'steps-and-panel' },
      stepList(steps, windows, panel, death === null ? first : steps.length - 1),
      panel,
    ),
    sources(steps),
  ];
}

/**
 * @param {string} name
 * @param {Explanation['windows']['u2k']} window
 */
function windowSum(name, { instructions, coreCycles, tscCycles, ns, errorBand, standing }) {
  return h(
    'div',
    { class: 'sum' },
    h('h2', {}, name),
    h(
      'p',
      { class: 'headline' },
      `${cycles(tscCycles)} TSC cycles`,
      h('span', { class: 'quiet' }, ` ${percent(errorBand)}`),
    ),
    h(
      'p',
      { class: 'quiet' },
      `${cycles(coreCycles)} core cycles, ${nanoseconds(ns)} ns, ${instructions} instructions; ${
        standing === 'estimate'
          ? 'an estimate: most of it was not published for this core'
          : 'from figures published for this core, or values anchored to them'
      }`,
    ),
  );
}

/** @param {Explanation['steps']} steps */
function sources(steps) {
  /** @type {Map<string, { source: string, trust: string, cycles: number }>} */
  const named = new Map();
  for (const { window, charges } of steps) {
    if (window === null) continue;
    for (const { source, trust, cycles: own } of charges) {
      const seen = named.get(source) ?? { source, trust, cycles: 0 };
      seen.cycles += own;
      named.set(source, seen);
    }
  }
  return h(
    'details',
    {},
    h('summary', {}, 'Where the cycles inside the windows come from'),
    h(
      'ul',
      {},
      [...named.values()]
        .sort((a, b) => b.cycles - a.cycles)
        .map(({ source, trust, cycles: sum }) => h('li', {}, `${cycles(sum)} core cycles, trust ${trust}: ${source}`)),
    ),
  );
}
