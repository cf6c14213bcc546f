import { fill, h, title } from '../dom.js';
import { time } from '../format.js';
import { listing } from '../listing.js';
import { live } from '../live.js';

/**
 * The event feed, newest first: everything else is computed from it.
 * @param {HTMLElement} main
 * @param {{ query: URLSearchParams }} parameters
 * @param {AbortSignal} signal
 */
export async function eventsPage(main, { query }, signal) {
  const events = listing({
    ...{ caption: 'Events', columns, path: 'v1/events', query: { order: 'newest' }, signal },
    ...{ address: query, cursorName: 'after', empty: 'No event yet.' },
    filters: [
      { name: 'type', label: 'Type', placeholder: 'JobSubmitted,JobCompleted' },
      { name: 'stream', label: 'Stream', placeholder: 'job-<id>, run-<id>, host-<name>' },
    ],
  });
  await events.start();
  fill(
    main,
    title('Events', events.shown, h('span', { class: 'quiet' }, 'everything else is computed from these')),
    live(2_000, signal, events.refresh),
    events.element,
  );
}

/** @type {import('../dom.js').Column<import('#contracts').EventView>[]} */
const columns = [
  { title: 'Happened', cell: (event) => [time(event.occurredAt), recordedLater(event)] },
  { title: 'Event', cell: ({ type }) => h('a', { href: `#/events?${new URLSearchParams({ type })}` }, type) },
  {
    title: 'Stream',
    cell: ({ stream }) =>
      h('a', { href: `#/events?${new URLSearchParams({ stream })}`, title: stream }, shortened(stream)),
  },
  { title: 'Version', number: true, cell: (event) => event.version },
  { title: 'By', cell: (event) => event.actor },
  {
    title: 'Data',
    cell: (event) =>
      h(
        'details',
        {
          // Ten thousand planned runs are long: written only for who looks.
          ontoggle: (/** @type {{ target: HTMLDetailsElement }} */ { target }) => {
            const text = target.querySelector('pre');
            if (target.open && text) text.textContent ||= JSON.stringify(event.data, null, 2);
          },
        },
        h('summary', {}, 'show'),
        h('pre', {}),
      ),
  },
];

/**
 * A boot state's stream has a hash of 64 digits for its id, which would push the columns behind it off the page; the others
 * are shown whole.
 *
 * @param {string} stream
 */
function shortened(stream) {
  return stream.length <= 50 ? stream : `${stream.slice(0, 20)}…`;
}

/**
 * When it was recorded, where that was not the same moment: what a worker held back, or what was imported.
 *
 * @param {import('#contracts').EventView} event
 */
function recordedLater({ occurredAt, recordedAt }) {
  const heldBackMs = Date.parse(recordedAt) - Date.parse(occurredAt);
  return heldBackMs > 1_000 && h('div', { class: 'quiet' }, 'recorded ', time(recordedAt));
}
