import * as z from 'zod';
import { type MessagesQuery, messagesSchema, type MessageView, type Page, uuidSchema } from '#contracts';
import { Prisma, type PrismaClient } from '#event-store';
import { decodeCursor, encodeCursor, toPage } from '../http/cursor.js';
import { notFound } from '../problems/problem.js';
import { messageContentSchema } from './message.js';

type Row = Prisma.NotificationGetPayload<object>;

function viewOf(row: Row): MessageView {
  const { cause, status, title, lines, hosts } = messageContentSchema.parse(row.content);
  const { messageId, route, state, attempts, lastStatus, lastError, replayedBy } = row;
  return {
    ...{ messageId, route, cause, status, title, lines, hosts, madeAt: row.madeAt.toISOString() },
    state: state as MessageView['state'],
    ...{ attempts, nextAt: row.nextAt?.toISOString() ?? null, endedAt: row.endedAt?.toISOString() ?? null },
    ...{ lastStatus, lastError, replayedBy },
  };
}

/** Newest first. */
export async function listMessages(db: PrismaClient, query: MessagesQuery): Promise<Page<MessageView>> {
  const { route, state, cause, cursor, limit } = query;
  const last = cursor === undefined ? null : decodeCursor('notifications', [z.iso.datetime(), uuidSchema], cursor);
  const rows = await db.notification.findMany({
    where: {
      ...(route === undefined ? {} : { route }),
      ...(state === undefined ? {} : { state }),
      ...(cause === undefined ? {} : { cause }),
      ...(last === null ? {} : { OR: [{ madeAt: { lt: last[0] } }, { madeAt: last[0], messageId: { lt: last[1] } }] }),
    },
    orderBy: [{ madeAt: 'desc' }, { messageId: 'desc' }],
    take: limit + 1,
  });
  return messagesSchema.parse(
    toPage(rows, limit, viewOf, (last) => encodeCursor('notifications', [last.madeAt.toISOString(), last.messageId])),
  );
}

/** @throws ProblemError (404) */
export async function findMessage(db: PrismaClient, messageId: string): Promise<MessageView> {
  const row = await db.notification.findUnique({ where: { messageId } });
  if (row === null) throw notFound('message', messageId, 'GET /v1/notifications lists the messages');
  return viewOf(row);
}
