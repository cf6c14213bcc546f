import { Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import {
  type Page,
  pageOf,
  pageQuerySchema,
  retriedStreamSchema,
  setAsideStreamSchema,
  streamNameSchema,
  type RetriedStream,
  type SetAsideStream,
} from '#contracts';
import type { PrismaClient } from '#event-store';
import { ApiRoute } from '../http/api-route.js';
import { DATABASE } from '../tokens.js';
import { listSetAside, retrySetAside } from './set-aside-streams.js';

const listQuerySchema = pageQuerySchema.strict();

@ApiTags('set-aside streams')
@Controller('v1/set-aside-streams')
export class SetAsideController {
  constructor(@Inject(DATABASE) private readonly db: PrismaClient) {}

  @Get()
  @ApiRoute({
    summary: 'List the streams that the read model goes on without',
    description:
      'A stream is set aside at the first event that can not be read or folded; its run or job ends as failed.',
    access: 'admin',
    reply: pageOf(setAsideStreamSchema),
    problems: { 400: 'a parameter of the query is wrong' },
  })
  list(@Query({ schema: listQuerySchema }) query: z.infer<typeof listQuerySchema>): Promise<Page<SetAsideStream>> {
    return listSetAside(this.db, query);
  }

  @Post(':stream/retry')
  @HttpCode(200)
  @ApiRoute({
    summary: 'Take a stream that was set aside up again',
    description:
      'Folds all of its events again. What still can not be folded is set aside again, and the reply says why.',
    access: 'admin',
    reply: retriedStreamSchema,
    problems: { 400: 'stream is not a name of a stream', 404: 'the stream is not set aside' },
  })
  retry(@Param('stream', { schema: streamNameSchema }) stream: string): Promise<RetriedStream> {
    return retrySetAside(this.db, stream);
  }
}
