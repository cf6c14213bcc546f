import { get } from '../api.js';
import { facts, fill, h, title } from '../dom.js';
import { count, cycles, nanoseconds, provenance } from '../format.js';
import { problemBox } from '../problem-box.js';
import { stackPicture } from './stack-picture.js';

const fallback = 'haswell-ep';
const pagingWords = {
  bare: 'bare metal',
  ept: 'guest, nested page tables (EPT, NPT)',
  nested: 'guest in a guest',
  shadow: 'guest, shadow page tables',
};
const programWords = {
  'hook-6.1': 'our hook, Linux 6.1',
  'hook-6.12': 'our hook, Linux 6.12',
  origin: 'the origin, Linux 4.19',
  'origin-guest': 'the origin, Linux 4.19 guest',
};
const stampWords = {
  'opens-u2k': 'User → kernel begins',
  'closes-u2k': 'User → kernel ends',
  'opens-k2u': 'Kernel → user begins',
  'closes-k2u': 'Kernel → user ends',
};
const percent = (share) => `± ${Math.round(share * 100)} %`;

/** One simulated crossing, instruction by instruction: what the machine does, and what each step costs. */
export async function crossingPage(main, { query }, signal) {
  const outcome = h('div', {}, h('p', { class: 'loading', role: 'status' }, 'Simulating…'));
  const wanted = new URLSearchParams([...query].filter(([, value]) => value !== ''));
  if (!wanted.has('cpu')) wanted.set('cpu', fallback);
  const heading = title('A crossing, step by step', provenance('simulated'));
  try {
    const explanation = await get(`v1/sim/explain?${wanted}`, signal);
    main.replaceChildren(heading, form(wanted, explanation.choices), outcome);
    fill(outcome, explained(explanation));
  } catch (error) {
    if (error.problem?.status !== 400) throw error;
    // What was refused stands above a link to what works: the form's choices came with the reply that failed.
    main.replaceChildren(heading, outcome);
    fill(outcome, problemBox(error.problem), h('p', {}, h('a', { href: '#/crossing' }, `Back to ${fallback}`)));
  }
}

function form(wanted, choices) {
  const select = (name, label, options) =>
    h(
      'div',
      {},
      h('label', { for: name }, label),
      h(
        'select',
        { id: name, name, onchange: (event) => event.target.form.requestSubmit() },
        options.map(([value, text]) => h('option', { value, selected: (wanted.get(name) ?? '') === value }, text)),
      ),
    );
  const own = ['', 'as the machine has it'];
  const onOff = [own, ['on', 'on'], ['off', 'off']];
  return h(
    'form',
    {
      class: 'crossing',
      onsubmit: (event) => {
        event.preventDefault();
        location.hash = `/crossing?${new URLSearchParams(new FormData(event.target))}`;
      },
    },
    select(
      'cpu',
      'CPU',
      choices.cpus.map((cpu) => [cpu, cpu]),
    ),
    select('kpti', 'KPTI', onOff),
    select('verw', 'VERW', onOff),
    select('virt', 'Virtualization', [own, ...choices.virt.map((name) => [name, pagingWords[name]])]),
    select('program', 'Stamps taken by', [own, ...choices.programs.map((name) => [name, programWords[name]])]),
    h('button', {}, 'Explain'),
  );
}

function explained({ machine, windows, steps, death }) {
  const panel = h('section', { class: 'panel', tabindex: 0, 'aria-label': 'The chosen step', 'aria-live': 'polite' });
  const first = steps.findIndex(({ window }) => window !== null);
  return [
    facts([
      ['CPU', machine.cpuName],
      ['Costs', `${machine.costs} (${machine.lineage})`],
      ['Clocks', `TSC ${machine.tscMhz} MHz, core ${machine.coreMhz} MHz`],
      ['KPTI', machine.kpti ? 'on' : 'off'],
      ['SMAP', machine.smap ? 'on' : 'off'],
      ['VERW', machine.verw ? 'on the way out' : 'off'],
      ['Virtualization', pagingWords[machine.virt]],
      ['Stamps taken by', programWords[machine.program]],
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
      `${count(coreCycles)} core cycles, ${nanoseconds(ns)} ns, ${instructions} instructions; ${
        standing === 'estimate'
          ? 'an estimate: most of it was not published for this core'
          : 'from figures published for this core'
      }`,
    ),
  );
}

/** The steps as a list of buttons; those outside the windows are folded together. */
function stepList(steps, windows, panel, chosen) {
  const buttons = [];
  const choose = (index, focus) => {
    const next = Math.min(Math.max(index, 0), steps.length - 1);
    buttons.forEach((button, at) => button.setAttribute('aria-pressed', String(at === next)));
    const fold = buttons[next].closest('details');
    if (fold && focus) fold.open = true;
    if (focus) buttons[next].focus();
    fill(panel, stepPanel(steps[next], steps[next - 1]));
  };
  for (const step of steps) {
    buttons.push(
      h(
        'button',
        {
          type: 'button',
          class: `step ${step.actor}`,
          'aria-pressed': 'false',
          onclick: () => choose(step.index, false),
          onkeydown: (event) => {
            const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
            if (by === undefined) return;
            event.preventDefault();
            choose(step.index + by, true);
          },
        },
        h('span', { class: 'who' }, step.actor),
        h('code', {}, step.text),
        step.window === null ? null : h('span', { class: 'price' }, cycles(step.coreCycles)),
        step.running === null ? null : waterfall(step, windows[step.window].coreCycles),
      ),
    );
  }
  choose(chosen, false);
  const parts = [];
  for (let from = 0; from < steps.length;) {
    const { window } = steps[from];
    let to = from;
    while (to < steps.length && steps[to].window === window && (to === from || steps[to].stamp === null)) to += 1;
    const { stamp } = steps[from];
    if (stamp !== null) parts.push(h('p', { class: 'stamp' }, stampWords[stamp]));
    const rows = h(
      'ol',
      { class: `steps ${window ?? 'outside'}` },
      buttons.slice(from, to).map((button) => h('li', {}, button)),
    );
    const folded = window === null && to - from > 3 && !(from <= chosen && chosen < to);
    parts.push(folded ? h('details', {}, h('summary', {}, `${to - from} steps outside the windows`), rows) : rows);
    from = to;
  }
  return h('div', { class: 'walk' }, parts);
}

/** The running sum: what went before as a line, this step's own as a bar. */
function waterfall({ coreCycles, running }, whole) {
  const end = (100 * running.coreCycles) / whole;
  const own = (100 * coreCycles) / whole;
  return h(
    'span',
    { class: 'waterfall', title: `sum so far: ${cycles(running.coreCycles)} core cycles` },
    h('span', { class: 'before', style: `width:${(end - own).toFixed(2)}%` }),
    h('span', { class: 'own', style: `width:${Math.max(own, 0.6).toFixed(2)}%` }),
  );
}

function stepPanel(step, before) {
  const { state, charges, running } = step;
  return [
    h('h2', {}, h('code', {}, step.text)),
    facts([
      ['Who', { user: 'the program', kernel: 'the kernel', hardware: 'the CPU by itself' }[step.actor]],
      ['Where', step.symbol],
      ['Ring', String(state.cpl)],
      ['Page tables', state.cr3],
      ['GS base', state.gsBase],
      ['RSP on', `${state.stackName} stack`],
      ['Sum so far', running && `${cycles(running.coreCycles)} core cycles = ${cycles(running.tscCycles)} TSC cycles`],
    ]),
    h(
      'ul',
      { class: 'charges' },
      charges.map((charge) =>
        h(
          'li',
          {},
          h('strong', {}, `${cycles(charge.cycles)} core cycles`),
          step.window === null ? ' (outside the windows: not counted)' : '',
          charge.by === 'hypervisor' ? `, ${charge.name}` : '',
          h('br'),
          h('span', { class: 'quiet' }, `trust ${charge.trust}: ${charge.source}`),
        ),
      ),
    ),
    state.changed.length === 0
      ? h('p', { class: 'quiet' }, 'Changes no register.')
      : h(
          'ul',
          { class: 'changes' },
          state.changed.map(({ name, before: old, after }) =>
            h('li', {}, h('code', {}, `${name}  ${short(old)} → ${short(after)}`)),
          ),
        ),
    stackPicture(step.stack, before?.stack ?? [], state.stackName),
  ];
}

const short = (word) => `0x${word.slice(2).replace(/^0+(?=.)/, '')}`;

function sources(steps) {
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
