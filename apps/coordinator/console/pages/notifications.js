import { adminNote } from '../admin-note.js';
import { post } from '../api.js';
import { askWhy } from '../ask-why.js';
import { fill, h, title, words } from '../dom.js';
import { selector, time } from '../format.js';
import { listing } from '../listing.js';
import { live } from '../live.js';
import { problemBox } from '../problem-box.js';
import { counted, none } from '#wording';

/** @typedef {import('#contracts').RouteView} Route */
/** @typedef {import('#contracts').MessageView} Message */

/** What a state is called, and drawn like which state of a job. */
const deliveries = /** @type {const} */ ({
  waiting: ['waiting', 'running'],
  delivered: ['delivered', 'completed'],
  dead: ['given up', 'failed'],
  dropped: ['dropped', ''],
});
/**
 * Every cause that a route can have: the type check refuses a list that lacks one.
 * @satisfies {Record<Route['causes'][number], true>}
 */
const causes = { regression: true, 'known-change': true, 'host-silent': true, 'job-failed': true, noise: true };

/** @type {import('../list-form.js').Filter[]} */
const filters = [
  { name: 'route', label: 'Route', placeholder: 'any' },
  {
    ...{ name: 'state', label: 'Delivery' },
    options: [['', 'all'], ...Object.entries(deliveries).map(([name, [text]]) => /** @type {const} */ ([name, text]))],
  },
  {
    ...{ name: 'cause', label: 'Cause' },
    options: [['', 'all'], ...Object.keys(causes).map((cause) => /** @type {const} */ ([cause, cause]))],
  },
];

/** @param {string} name */
const pathOf = (name) => `v1/notification-routes/${encodeURIComponent(name)}`;

/**
 * Where what happens in the fleet is told, what was told, and what could not be.
 * @param {HTMLElement} main
 * @param {{ query: URLSearchParams }} parameters
 * @param {AbortSignal} signal
 */
export async function notificationsPage(main, { query }, signal) {
  const said = h('div', { role: 'status' });
  /**
   * Asks the coordinator for something, says what came of it, and reads again what stands there.
   * @param {() => Promise<string>} ask
   */
  async function attempt(ask) {
    try {
      fill(said, h('p', {}, words(await ask())));
      await Promise.all([routes.refresh(), messages.refresh()]);
    } catch (error) {
      fill(said, problemBox(error));
    }
  }
  /**
   * @param {string} text
   * @param {() => Promise<string>} ask
   */
  const button = (text, ask) => {
    const element = h('button', { type: 'button', onclick: act }, text);
    async function act() {
      element.disabled = true;
      await attempt(ask);
      element.disabled = false;
    }
    return element;
  };
  /** @param {Route} route */
  const test = ({ name }) =>
    button('Send a test', async () => {
      const { state, lastStatus, lastError } = /** @type {Message} */ (await post(`${pathOf(name)}/test`, {}));
      if (state === 'delivered') return `Delivered to ${name}: it answered ${lastStatus ?? none}.`;
      return `Not delivered to ${name}: ${lastError ?? 'no reason is known'}.`;
    });
  /** @param {Route} route */
  const resume = ({ name }) =>
    button('Resume', async () => {
      await post(`${pathOf(name)}/resume`, {});
      return `${name} goes on: what is so by now and was not told is told.`;
    });
  /** @param {Route} route */
  const pause = ({ name }) =>
    h(
      'button',
      {
        type: 'button',
        onclick: () =>
          askWhy({
            ...{ question: `Pause ${name}?`, button: 'Pause', longest: 1_000, signal },
            about: h('p', {}, 'Nothing is posted to it until it is resumed, and messages that wait are dropped.'),
            why: 'Why; everybody can read it',
            act: async (note) => {
              await post(`${pathOf(name)}/pause`, note === '' ? {} : { note });
              void attempt(() => Promise.resolve(`${name} is paused.`));
            },
          }),
      },
      'Pause…',
    );
  /** @param {Message} message */
  const replay = ({ messageId }) =>
    button('Send again', async () => {
      await post('v1/notifications/replay', { messageIds: [messageId] });
      return 'It is sent again, under the id that it had.';
    });

  /** @type {import('../dom.js').Column<Route>[]} */
  const routeColumns = [
    { title: 'Route', cell: ({ name }) => name },
    { title: 'State', long: true, cell: routeState },
    { title: 'To', cell: ({ origin, format }) => `${origin} (${format})` },
    { title: 'Told of', long: true, cell: ({ causes: told }) => told.join(', ') },
    { title: 'Hosts', long: true, cell: (route) => selector(route.selector) },
    { title: 'One message for each', cell: ({ groupBy }) => groupBy },
    {
      title: 'What to do',
      cell: (route) => h('div', { class: 'actions' }, test(route), route.paused ? resume(route) : pause(route)),
    },
  ];
  /** @type {import('../dom.js').Column<Message>[]} */
  const messageColumns = [
    { title: 'Made', cell: ({ madeAt }) => time(madeAt) },
    { title: 'Route', cell: ({ route }) => route },
    { title: 'Cause', cell: ({ cause }) => cause },
    {
      ...{ title: 'What it says', long: true },
      cell: (message) => [h('bdi', {}, words(message.title)), whichHosts(message)],
    },
    { title: 'Delivery', long: true, cell: delivery },
    { title: 'Next try', cell: ({ nextAt }) => time(nextAt) },
    { title: 'Again', cell: (message) => (message.state === 'dead' ? replay(message) : null) },
  ];
  const routes = listing({
    ...{ caption: 'Routes', columns: routeColumns, path: 'v1/notification-routes', signal },
    empty: 'No route yet. Make one with: ./xf notifications set ops-slack --format slack --to https://hooks.example/…',
  });
  const messages = listing({
    ...{ caption: 'Messages', columns: messageColumns, path: 'v1/notifications', address: query, filters, signal },
    empty: 'Nothing was told yet.',
  });
  await Promise.all([routes.start(), messages.start()]);
  fill(
    main,
    title('Notifications', routes.shown),
    live(10_000, signal, () => Promise.all([routes.refresh(), messages.refresh()])),
    adminNote('To test a route, to pause and resume it, and to send a message again'),
    said,
    routes.element,
    h('h2', {}, 'Messages ', messages.shown),
    messages.element,
  );
}

/** @param {Route} route */
function routeState({ state, paused }) {
  const style = state === 'active' ? 'completed' : 'partial';
  return [
    h('span', { class: `state ${style}` }, state),
    paused &&
      h('div', { class: 'quiet' }, 'by ', h('bdi', {}, paused.by), paused.note && [': ', h('bdi', {}, paused.note)]),
  ];
}

/** @param {Message} message */
const whichHosts = ({ hosts }) =>
  hosts.length > 0 &&
  h('div', { class: 'quiet' }, h('bdi', {}, `${counted(hosts.length, 'host')}: ${hosts.slice(0, 5).join(', ')}`));

/** What became of it, and if it did not arrive, why not. @param {Message} message */
function delivery({ state, attempts, lastError, replayedBy }) {
  const [text, style] = deliveries[state];
  return [
    h('span', { class: `state ${style}` }, text),
    attempts > 1 && ` ${counted(attempts, 'try', 'tries')}`,
    state !== 'delivered' && lastError && h('div', {}, words(lastError)),
    replayedBy && h('div', { class: 'quiet' }, 'sent again by ', h('bdi', {}, replayedBy)),
  ];
}
