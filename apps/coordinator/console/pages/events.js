import { get } from '../api.js';
import { fill, h, table, title } from '../dom.js';
import { time } from '../format.js';

const perPage = 100;

/**
 * The raw event feed, from its beginning or from a place that the address names.
 * @param {HTMLElement} main
 * @param {{ query: URLSearchParams }} parameters
 * @param {AbortSignal} signal
 */
export async function eventsPage(main, { query }, signal) {
  const from = new URLSearchParams({ limit: String(perPage) });
  for (const name of ['after', 'stream']) {
    const value = query.get(name);
    if (value) from.set(name, value);
  }
  const page = /** @type {import('#contracts').Page<import('#contracts').EventView>} */ (
    await get(`v1/events?${from}`, signal)
  );
  const next = new URLSearchParams(query);
  if (page.nextCursor) next.set('after', page.nextCursor);
  fill(
    main,
    title('Events', h('span', { class: 'quiet' }, 'oldest first; everything else is computed from these')),
    table(
      'Events',
      [
        { title: 'Happened', cell: (event) => [time(event.occurredAt), recordedLater(event)] },
        { title: 'Event', cell: (event) => event.type },
        {
          title: 'Stream',
          cell: ({ stream }) =>
            h('a', { href: `#/events?stream=${encodeURIComponent(stream)}`, title: stream }, shortened(stream)),
        },
        { title: 'Version', number: true, cell: (event) => event.version },
        { title: 'By', cell: (event) => event.actor },
        {
          title: 'Data',
          cell: (event) =>
            h('details', {}, h('summary', {}, 'show'), h('pre', {}, JSON.stringify(event.data, null, 2))),
        },
      ],
      page.items,
      'No event after this place.',
    ),
    page.nextCursor && h('p', {}, h('a', { href: `#/events?${next}` }, `The next ${perPage}`)),
  );
}

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
