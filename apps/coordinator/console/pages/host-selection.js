// Hosts ticked in the list of hosts, and what can be done to them together.
import { h } from '../dom.js';
import { hostActions } from '../host-actions.js';
import { counted, hostActionsIn } from '#wording';

/** @typedef {import('#contracts').HostView} HostView */

/** Whatever their states: the coordinator names those that an action can't be done to. */
const everyAction = [...new Set(Object.values(hostActionsIn).flat())];

/**
 * @param {object} of
 * @param {HTMLElement} of.list in which they stand
 * @param {() => unknown} of.done is called when something was done
 * @param {AbortSignal} of.signal ends with the page
 * @returns `column` with a box for each host, and `bar` with what can be done to those that are ticked
 */
export function hostSelection({ list, done, signal }) {
  /** @type {Set<string>} */
  const chosen = new Set();
  const says = h('span', { role: 'status' });
  const boxes = () => /** @type {NodeListOf<HTMLInputElement>} */ (list.querySelectorAll('input[type=checkbox]'));
  const actions = hostActions({
    hosts: () => [...chosen],
    done: () => {
      choose([...chosen], false);
      done();
    },
    signal,
  });
  const none = h('button', { type: 'button', hidden: true, onclick: () => choose([...chosen], false) }, 'Choose none');
  const many = h('div', { hidden: true }, actions.offered);
  actions.offer(everyAction);

  /** @param {string[]} hosts @param {boolean} on */
  function choose(hosts, on) {
    for (const host of hosts) chosen[on ? 'add' : 'delete'](host);
    for (const box of boxes()) box.checked = chosen.has(box.value);
    tell();
  }

  function tell() {
    none.hidden = many.hidden = chosen.size === 0;
    says.textContent = chosen.size === 0 ? '' : `${counted(chosen.size, 'host')} chosen`;
  }

  const all = () =>
    choose(
      [...boxes()].map(({ value }) => value),
      true,
    );
  /** @type {import('../dom.js').Column<HostView>} */
  const column = {
    title: 'Chosen',
    toClick: true,
    cell: ({ hostId }) => {
      /** @type {HTMLInputElement} */
      const box = h('input', {
        ...{ type: 'checkbox', value: hostId, checked: chosen.has(hostId), 'aria-label': `Choose ${hostId}` },
        onchange: () => choose([hostId], box.checked),
      });
      return box;
    },
  };
  return {
    column,
    bar: h(
      'section',
      { 'aria-label': 'Chosen hosts', class: 'chosen' },
      h(
        'div',
        { class: 'actions' },
        h('button', { type: 'button', onclick: all }, 'Choose all that are shown'),
        none,
        says,
      ),
      many,
      actions.said,
    ),
  };
}
