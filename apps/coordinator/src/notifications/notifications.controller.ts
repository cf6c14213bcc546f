import { Body, Controller, Get, HttpCode, Inject, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  messagesQuerySchema,
  type MessagesQuery,
  messagesSchema,
  type MessageView,
  type Page,
  type ReplayedMessages,
  replayedMessagesSchema,
  type ReplayMessages,
  replayMessagesSchema,
} from '#contracts';
import type { PrismaClient } from '#event-store';
import { ApiRoute } from '../http/api-route.js';
import { type Actor, actorName, RequestActor } from '../http/request-context.js';
import { DATABASE } from '../tokens.js';
import { listMessages } from './message-queries.js';
import { replay } from './replay.js';

@ApiTags('notifications')
@Controller('v1/notifications')
export class NotificationsController {
  constructor(@Inject(DATABASE) private readonly db: PrismaClient) {}

  @Get()
  @ApiRoute({
    summary: 'List messages of all routes, newest first',
    description: 'Whether each was delivered, and if not, why not.',
    access: 'read',
    reply: messagesSchema,
    problems: { 400: 'a parameter of the query is wrong' },
  })
  list(@Query({ schema: messagesQuerySchema }) query: MessagesQuery): Promise<Page<MessageView>> {
    return listMessages(this.db, query);
  }

  @Post('replay')
  @HttpCode(200)
  @ApiRoute({
    summary: 'Send messages again',
    description:
      'These messages, whatever became of them, or all of a route that were given up. They keep their ids, by which a receiver knows one that it has.',
    access: 'admin',
    reply: replayedMessagesSchema,
    problems: {
      ...{ 400: 'a field of the body is wrong', 415: 'the body is not JSON' },
      404: 'no such route',
      422: 'there is no such message, or its route is paused or removed',
    },
  })
  replay(
    @Body({ schema: replayMessagesSchema }) body: ReplayMessages,
    @RequestActor() actor: Actor,
  ): Promise<ReplayedMessages> {
    return replay(this.db, body, actorName(actor));
  }
}
