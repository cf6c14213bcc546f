import { randomUUID } from 'node:crypto';
import { type NotificationCause, notificationCauses, type RouteView } from '#contracts';
import type { PrismaClient, Transaction } from '#event-store';
import { databaseNow } from '../reconcile/listening.js';
import type { Asked, CauseWatch, Item } from './causes/cause-watch.js';
import { causeWatches } from './causes/causes.js';
import { hostsNamed, type MessageContent, messageContentSchema } from './message.js';
import { triedForMs } from './next-try.js';
import { type Changes, whatChanged } from './what-changed.js';

/** Lines of a message; the rest is counted. */
const linesNamed = 20;

function linesOf(items: readonly Item[]): string[] {
  const lines = items.flatMap((item) => item.lines);
  return lines.length <= linesNamed
    ? lines
    : [...lines.slice(0, linesNamed), `… and ${lines.length - linesNamed} more`];
}

function firingContent(
  items: readonly [Item, ...Item[]],
  { cause, route, watch, nowMs }: { cause: NotificationCause; route: RouteView; watch: CauseWatch; nowMs: number },
): MessageContent {
  const [first] = items;
  const hosts = [...new Set(items.flatMap((item) => item.hosts))];
  const value = first.group.replace(/^host:/, '');
  const grouped = (cause === 'host-silent' || first.key.startsWith('host:')) && value !== '';
  const since = Math.min(...items.map(({ sinceMs }) => sinceMs ?? nowMs));
  return {
    ...{ cause, status: 'firing', hosts: hosts.slice(0, hostsNamed), lines: linesOf(items) },
    title: items.length === 1 ? first.title : watch.title(items, route.groupBy),
    group: grouped ? { label: route.groupBy, value } : null,
    ...{ startsAt: new Date(since).toISOString(), endsAt: null },
    page: items.length === 1 || cause === 'known-change' ? first.page : '/#/fleet',
  };
}

const resolvedContent = (firing: MessageContent, how: string[], nowMs: number): MessageContent => ({
  ...firing,
  ...{ status: 'resolved', title: `Over: ${firing.title}`, lines: how, endsAt: new Date(nowMs).toISOString() },
});

/** Messages that end those whose items are all over; none where the beginning was dropped, or no end is told. */
async function endings(db: PrismaClient, cause: NotificationCause, { ended }: Changes, nowMs: number) {
  if (!notificationCauses[cause].ends || ended.size === 0) return [];
  const begun = await db.notification.findMany({
    where: { messageId: { in: [...ended.keys()] }, state: { not: 'dropped' } },
    select: { messageId: true, content: true },
  });
  const watch = causeWatches[cause];
  return Promise.all(
    begun.map(async ({ messageId: about, content }) => {
      const how = (await watch.ended?.(db, ended.get(about) ?? [])) ?? [];
      return { about, content: resolvedContent(messageContentSchema.parse(content), how, nowMs) };
    }),
  );
}

/** Whether nobody has changed the items of a cause since `seen`; then nobody else does with what they saw before. */
async function isNewest(tx: Transaction, route: string, cause: string, seen: number): Promise<boolean> {
  const changed = await tx.$executeRaw`
    INSERT INTO notification_changes (route, cause, changes) VALUES (${route}, ${cause}, 1)
        ON CONFLICT (route, cause) DO UPDATE SET changes = notification_changes.changes + 1
     WHERE notification_changes.changes = ${seen}::integer`;
  return changed === 1;
}

/**
 * Looks for what a route is to be told of, and makes messages of what is new and what is over. Messages and what was told are written
 * in one transaction, and by whoever looked last: a crash or another coordinator makes none twice and loses none.
 *
 * @returns how many messages were made
 */
export async function lookAtCause(asked: Asked, cause: NotificationCause): Promise<number> {
  const { db, route } = asked;
  const watch = causeWatches[cause];
  const where = { route: route.name, cause };
  const seen = (await db.notificationChange.findUnique({ where: { route_cause: where } }))?.changes ?? 0;
  const told = await db.notificationItem.findMany({ where });
  const items = await watch.find(asked);
  if (items === null) return 0;
  const nowMs = await databaseNow(db);
  const changes = whatChanged(
    told.map(({ item, messageId, quietSince }) => ({ item, messageId, quietSinceMs: quietSince?.getTime() ?? null })),
    items,
    watch.quietMs,
    nowMs,
  );
  const { begun, quiet, again, over } = changes;
  if (begun.length + quiet.length + again.length + over.length === 0) return 0;
  const starts = begun.flatMap((group) => {
    const [first, ...rest] = group;
    if (first === undefined) return [];
    const content = firingContent([first, ...rest], { cause, route, watch, nowMs });
    return [{ messageId: randomUUID(), about: null, content, keys: group.map(({ key }) => key) }];
  });
  const ends = (await endings(db, cause, changes, nowMs)).map((end) => ({ messageId: randomUUID(), ...end }));
  const now = new Date(nowMs);
  const due = { state: 'waiting', madeAt: now, nextAt: now, giveUpAt: new Date(nowMs + triedForMs) };
  const made = [...starts, ...ends].map(({ messageId, about, content }) => ({
    ...{ ...where, messageId, about, content, status: content.status, ...due },
  }));
  const written = await db.$transaction(async (tx) => {
    if (!(await isNewest(tx, route.name, cause, seen))) return false;
    await tx.notification.createMany({ data: made });
    await tx.notificationItem.createMany({
      data: starts.flatMap(({ messageId, keys }) => keys.map((item) => ({ ...where, item, messageId }))),
    });
    await tx.notificationItem.updateMany({ where: { ...where, item: { in: quiet } }, data: { quietSince: now } });
    await tx.notificationItem.updateMany({ where: { ...where, item: { in: again } }, data: { quietSince: null } });
    await tx.notificationItem.deleteMany({ where: { ...where, item: { in: over } } });
    return true;
  });
  return written ? made.length : 0;
}
