import { adminNote } from '../admin-note.js';
import { post } from '../api.js';
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

/**
 * Where what happens in the fleet is told, what was told, and what could not be.
 * @param {HTMLElement} main
 * @param {{ query: URLSearchParams }} parameters
 * @param {AbortSignal} signal
 */
export async function notificationsPage(main, { query }, signal) {
  const said = h('div', { role: 'status' });
  /**
   * A button that asks the coordinator for something, says what came of it, and reads the messages again.
   * @param {string} text
   * @param {() => Promise<string>} ask
   */
  const button = (text, ask) => {
    const element = h('button', { type: 'button', onclick: act }, text);
    async function act() {
      element.disabled = true;
      try {
        fill(said, h('p', {}, words(await ask())));
        await messages.refresh();
      } catch (error) {
        fill(said, problemBox(error));
      } finally {
        element.disabled = false;
      }
    }
    return element;
  };
  /** @param {Route} route */
  const test = ({ name }) =>
    button('Send a test', async () => {
      const path = `v1/notification-routes/${encodeURIComponent(name)}/test`;
      const { state, lastStatus, lastError } = /** @type {Message} */ (await post(path, {}));
      if (state === 'delivered') return `Delivered to ${name}: it answered ${lastStatus ?? none}.`;
      return `Not delivered to ${name}: ${lastError ?? 'no reason is known'}.`;
    });
  /** @param {Message} message */
  const replay = ({ messageId }) =>
    button('Send again', async () => {
      await post('v1/notifications/replay', { messageIds: [messageId] });
      return 'It is sent again, under the id that it had.';
    });

  /** @type {import('../dom.js').Column<Route>[]} */
  const routeColumns = [
    { title: 'Route', cell: ({ name }) => name },
    { title: 'State', cell: routeState },
    { title: 'To', cell: ({ origin, format }) => `${origin} (${format})` },
    { title: 'Told of', long: true, cell: ({ causes: told }) => told.join(', ') },
    { title: 'Hosts', long: true, cell: (route) => selector(route.selector) },
    { title: 'One message for each', cell: ({ groupBy }) => groupBy },
    { title: 'Test', cell: (route) => test(route) },
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
    adminNote('To test a route and to send a message again'),
    said,
    routes.element,
    h('h2', {}, 'Messages ', messages.shown),
    messages.element,
  );
}

/** @param {Route} route */
function routeState({ state, paused }) {
  const style = state === 'active' ? 'completed' : 'partial';
  return h(
    'span',
    { class: `state ${style}`, title: paused && `by ${paused.by}${paused.note ? `: ${paused.note}` : ''}` },
    state,
  );
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
