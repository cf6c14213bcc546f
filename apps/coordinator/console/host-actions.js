// What can be done to hosts: taken out of service and put back, with a reason, and once more asked for before it is done.
import { adminNote } from './admin-note.js';
import { post } from './api.js';
import { askWhy } from './ask-why.js';
import { fill, h } from './dom.js';
import { count, counted, hostActionTexts } from '#wording';

/** @typedef {import('#contracts').HostAction} HostAction */
/** @typedef {import('#contracts').HostActionReply} Reply */

/** Hosts that are named where all are counted. */
const most = 5;

/** @param {readonly string[]} hosts */
const named = (hosts) =>
  hosts.slice(0, most).join(', ') + (hosts.length > most ? ` and ${count(hosts.length - most)} more` : '');

/**
 * What became of the hosts, in words.
 * @param {Reply} reply
 */
function told({ action, changed, unchanged, refused }) {
  const [name] = hostActionTexts[action];
  const most = refused.slice(0, 10);
  return [
    h(
      'p',
      {},
      `${name}: done to ${counted(changed.length, 'host')}`,
      unchanged.length > 0 &&
        `; ${counted(unchanged.length, 'host')} ${unchanged.length === 1 ? 'was' : 'were'} so already`,
      '.',
    ),
    most.map(({ message, remedy }) => h('p', {}, `Refused: ${message}. What to do: ${remedy}.`)),
    refused.length > most.length && h('p', {}, `And ${count(refused.length - most.length)} more were refused.`),
  ];
}

/**
 * @param {HostAction} action
 * @param {readonly string[]} hosts
 * @param {AbortSignal} signal
 * @param {(reply: Reply) => void} done
 */
function ask(action, hosts, signal, done) {
  const [name, does] = hostActionTexts[action];
  const what = `${name} ${counted(hosts.length, 'host')}`;
  askWhy({
    ...{ question: `${what}?`, about: [h('p', {}, h('bdi', {}, named(hosts))), h('p', {}, does)] },
    ...{ why: 'Why; it is kept with the host’s events', required: true, longest: 500, button: what, signal },
    act: async (reason) => done(/** @type {Reply} */ (await post('v1/host-actions', { action, hosts, reason }))),
  });
}

/**
 * Buttons for what can be done to hosts.
 * @param {object} of
 * @param {() => readonly string[]} of.hosts to which it is done
 * @param {() => unknown} of.done is called when something was
 * @param {AbortSignal} of.signal ends with the page
 */
export function hostActions({ hosts, done, signal }) {
  const said = h('div', { role: 'status' });
  const buttons = h('div', { class: 'actions', role: 'group', 'aria-label': 'Service' });
  /** @param {HostAction} action */
  const button = (action) =>
    h(
      'button',
      {
        ...{ type: 'button', class: action === 'remove' && 'danger' },
        onclick: () =>
          ask(action, hosts(), signal, (reply) => {
            fill(said, told(reply));
            done();
          }),
      },
      hostActionTexts[action][0],
    );
  return {
    offered: [adminNote('To take hosts out of service and put them back'), buttons],
    said,
    /** @param {readonly HostAction[]} actions that can be done now */
    offer: (actions) => fill(buttons, actions.map(button)),
  };
}
