import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type EventView, eventViewSchema, type Page, pageOf } from '#contracts';
import type { PrismaClient } from '#event-store';
import { ApiRoute } from '../http/api-route.js';
import { DATABASE } from '../tokens.js';
import { eventPage, type EventQuery, eventQuerySchema } from './event-feed.js';

@ApiTags('events')
@Controller('v1/events')
export class EventsController {
  constructor(@Inject(DATABASE) private readonly db: PrismaClient) {}

  @Get()
  @ApiRoute({
    summary: 'The raw event feed',
    description:
      'Gap-free and in one order for all readers, the oldest or the newest first, of all types or some; a page that was looked through for some types may be empty and have a next one. To follow it, read the oldest first, keep `at` of the last event and ask again with it as `after` when nextCursor is null.',
    access: 'read',
    reply: pageOf(eventViewSchema),
    problems: { 400: 'a parameter of the query is wrong' },
  })
  feed(@Query({ schema: eventQuerySchema }) query: EventQuery): Promise<Page<EventView>> {
    return eventPage(this.db, query);
  }
}
