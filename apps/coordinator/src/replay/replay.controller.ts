import { Body, Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  type Cause,
  type OutdatedRuns,
  outdatedRunsSchema,
  type ReplayReply,
  replayReplySchema,
  type ReplayRequest,
  replayRequestSchema,
} from '#contracts';
import { parserVersion } from '#dmesg';
import type { PrismaClient } from '#event-store';
import { ApiRoute } from '../http/api-route.js';
import { RequestCause } from '../http/request-context.js';
import { ReadModelProgress } from '../read-model/read-model-progress.js';
import { DATABASE } from '../tokens.js';
import { countOutdated } from './outdated-runs.js';
import { replaySlice } from './replay-slice.js';

@ApiTags('replays')
@Controller('v1/replays')
export class ReplayController {
  constructor(
    @Inject(DATABASE) private readonly db: PrismaClient,
    private readonly readModel: ReadModelProgress,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiRoute({
    summary: 'Read stored logs again',
    description:
      'Derives samples, losses and figures of ended runs again from their stored kernel-log bytes with the current parser, a slice of the runs a request: repeat it with nextCursor until that is null. Repeating it all changes nothing more.',
    access: 'admin',
    reply: replayReplySchema,
    problems: { 400: 'a field of the body is wrong' },
  })
  replay(
    @Body({ schema: replayRequestSchema }) request: ReplayRequest,
    @RequestCause() cause: Cause,
  ): Promise<ReplayReply> {
    return replaySlice(this.db, this.readModel, request, cause);
  }

  @Get('outdated')
  @ApiRoute({
    summary: 'How many runs an older parser read',
    description: 'Runs with a result, or without one because it was inconsistent, that a replay would read again.',
    access: 'read',
    reply: outdatedRunsSchema,
  })
  async outdated(): Promise<OutdatedRuns> {
    return { parserVersion, runs: await countOutdated(this.db) };
  }
}
