// The steps of a crossing, and what there is to say of the one that is chosen.
import { facts, fill, h } from '../dom.js';
import { cycles } from '#wording';
import { stackPicture } from './stack-picture.js';

const stampWords = {
  'opens-u2k': 'User → kernel begins',
  'closes-u2k': 'User → kernel ends',
  'opens-k2u': 'Kernel → user begins',
  'closes-k2u': 'Kernel → user ends',
};

/** @typedef {import('#contracts').SimExplanation['steps'][number]} Step */

/**
 * The steps as a list of buttons; those outside the windows are folded together. The chosen one is shown in `panel`;
 * arrow keys go from step to step.
 * @param {Step[]} steps
 * @param {import('#contracts').SimExplanation['windows']} windows
 * @param {HTMLElement} panel
 * @param {number} chosen index of a step
 */
export function stepList(steps, windows, panel, chosen) {
  /** @type {HTMLButtonElement[]} */
  const buttons = [];
  /**
   * @param {number} index
   * @param {boolean} focus
   */
  const choose = (index, focus) => {
    const next = Math.min(Math.max(index, 0), steps.length - 1);
    buttons.forEach((button, at) => button.setAttribute('aria-pressed', String(at === next)));
    const [button, step] = [buttons[next], steps[next]];
    if (button === undefined || step === undefined) return;
    const fold = button.closest('details');
    if (fold && focus) fold.open = true;
    if (focus) button.focus();
    fill(panel, stepPanel(step, steps[next - 1]));
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
        step.running === null || step.window === null
          ? null
          : waterfall(step.coreCycles, step.running.coreCycles, windows[step.window].coreCycles),
      ),
    );
  }
  choose(chosen, false);
  const parts = [];
  for (let from = 0; from < steps.length;) {
    const { window, stamp } = /** @type {Step} */ (steps[from]);
    let to = from;
    while (to < steps.length && steps[to]?.window === window && (to === from || steps[to]?.stamp === null)) to += 1;
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

/**
 * The running sum: what went before as a line, this step's own as a bar.
 * @param {number} coreCycles of the step
 * @param {number} sum with the step
 * @param {number} whole of the window
 */
function waterfall(coreCycles, sum, whole) {
  const end = (100 * sum) / whole;
  const own = (100 * coreCycles) / whole;
  return h(
    'span',
    { class: 'waterfall', title: `sum so far: ${cycles(sum)} core cycles` },
    h('span', { class: 'before', style: `width:${(end - own).toFixed(2)}%` }),
    h('span', { class: 'own', style: `width:${Math.max(own, 0.6).toFixed(2)}%` }),
  );
}

/**
 * @param {Step} step
 * @param {Step | undefined} before
 */
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

/** @param {string} word */
const short = (word) => `0x${word.slice(2).replace(/^0+(?=.)/, '')}`;
