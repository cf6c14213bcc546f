import type { MessageView, RouteDetail, RouteView } from '#contracts';
import { count, none } from '#wording';
import { type Column, type Look, plainLook } from './columns.js';
import { shortId, time } from './format.js';
import { type Listing, tableText } from './listing.js';

const routeColumns: readonly Column<RouteView>[] = [
  { head: 'route', of: ({ name }) => name },
  { head: 'state', of: ({ state }) => state },
  { head: 'format', of: ({ format }) => format },
  { head: 'to', of: ({ origin }) => origin },
  { head: 'causes', of: ({ causes }) => causes.join(','), cut: true },
  { head: 'hosts', of: ({ selector }) => selector, cut: true, spare: true },
];

export const routesListing = (rows: readonly RouteView[]): Listing<RouteView> => ({
  ...{ columns: routeColumns, rows, name: ({ name }) => name },
});

export function routesText(routes: readonly RouteView[], look: Look = plainLook): string {
  if (routes.length === 0)
    return 'no routes; make one: xf notifications set ops-slack --format slack --to https://hooks.example/…';
  return tableText(routesListing(routes), look);
}

export function routeText(route: RouteDetail): string {
  const { name, state, format, origin, causes, selector, groupBy, setBy, setAt, paused, messages, history } = route;
  const said = paused === null ? '' : ` by ${paused.by}${paused.note === null ? '' : `: ${paused.note}`}`;
  const lines = [
    `route ${name}: ${state}${said}`,
    `to         ${origin} (${format})`,
    `causes     ${causes.join(', ')}`,
    `hosts      ${selector}; those with the same ${groupBy} are one message`,
    `messages   ${count(messages.delivered)} delivered, ${count(messages.waiting)} waiting, ${count(messages.dead)} given up, ${count(messages.dropped)} dropped`,
    `set        ${time(setAt)} by ${setBy}`,
    ...(history.length === 0 ? [] : ['', ...history.slice(0, 10).map(({ at, text }) => `${time(at)}  ${text}`)]),
  ];
  return lines.join('\n');
}

const stateNames: Readonly<Record<MessageView['state'], string>> = {
  waiting: 'waiting',
  delivered: 'delivered',
  dead: 'given up',
  dropped: 'dropped',
};

/** What became of a message, in words: `waiting, 3 tries: it answered 500`. */
function stateText({ state, attempts, lastError }: MessageView): string {
  const tries = attempts > 1 ? `, ${count(attempts)} tries` : '';
  return `${stateNames[state]}${tries}${state === 'delivered' || lastError === null ? '' : `: ${lastError}`}`;
}

const messageColumns: readonly Column<MessageView>[] = [
  { head: 'message', of: ({ messageId }) => shortId(messageId), raw: ({ messageId }) => messageId },
  { head: 'made', of: ({ madeAt }) => time(madeAt), raw: ({ madeAt }) => madeAt },
  { head: 'route', of: ({ route }) => route, onlyWhereItDiffers: true },
  { head: 'cause', of: ({ cause }) => cause },
  { head: 'delivery', of: stateText, raw: ({ state }) => state },
  { head: 'about', of: ({ title }) => title, cut: true },
];

export const messagesListing = (rows: readonly MessageView[]): Listing<MessageView> => ({
  ...{ columns: messageColumns, rows, name: ({ messageId }) => messageId },
});

export const messagesText = (messages: readonly MessageView[], look: Look = plainLook): string =>
  messages.length === 0 ? 'no messages' : tableText(messagesListing(messages), look);

/** What became of a test. */
export function testText({ route, state, lastStatus, lastError }: MessageView): string {
  if (state === 'delivered') return `delivered to ${route}: it answered ${lastStatus ?? none}`;
  return `not delivered to ${route}: ${lastError ?? 'no reason is known'}`;
}
