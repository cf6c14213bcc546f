import {
  Body,
  Controller,
  Get,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Req,
  Res,
  type StreamableFile,
} from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import * as z from 'zod';
import {
  acknowledgeSchema,
  type Cause,
  type FindingDetail,
  findingDetailSchema,
  type Findings,
  findingsQuerySchema,
  type FindingsQuery,
  findingsSchema,
  lookRequestSchema,
  type Looks,
  looksSchema,
  muteSchema,
  notedSchema,
  uuidSchema,
} from '#contracts';
import type { PrismaClient } from '#event-store';
import { ComparisonTurns } from '../compare/comparison-turns.js';
import { reportFile } from '../compare/report/report.js';
import type { Settings } from '../environment.js';
import { ApiRoute } from '../http/api-route.js';
import { closedSignal } from '../http/closed-signal.js';
import { type Actor, RequestActor, RequestCause } from '../http/request-context.js';
import { ReadModelProgress } from '../read-model/read-model-progress.js';
import { DATABASE, SETTINGS } from '../tokens.js';
import { actOnFinding } from './act-on-finding.js';
import { findFinding, listFindings } from './finding-queries.js';
import { freshRunsOf } from './judge-fresh-runs.js';
import { askForLook, latestLook } from './looks.js';

const acknowledgeBody = acknowledgeSchema.prefault({});
const lookBody = lookRequestSchema.prefault({});
const unknownFinding = { 400: 'findingId is not a UUID', 404: 'no such finding' };
const acting = {
  ...{ 400: 'findingId is not a UUID, or a field of the body is wrong', 404: 'no such finding' },
  ...{ 409: 'the finding was withdrawn', 415: 'the body is not JSON' },
};
const findingId = { schema: uuidSchema };

@ApiTags('trends')
@Controller('v1/regressions')
export class RegressionsController {
  constructor(
    @Inject(DATABASE) private readonly db: PrismaClient,
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly readModel: ReadModelProgress,
    private readonly turns: ComparisonTurns,
  ) {}

  @Get()
  @ApiRoute({
    summary: 'What changed without a known cause',
    description:
      'Findings, the newest change first: changes of level within a segment (one host under one boot state), dated, once for all hosts that moved together, and hosts whose runs scatter more than they did. By default those that are still there and that fresh runs confirmed; noise, which is told without fresh runs, among them. A change of the boot state is never one: see /v1/known-changes.',
    access: 'read',
    reply: findingsSchema,
    problems: { 400: 'a parameter of the query is wrong' },
  })
  list(@Query({ schema: findingsQuerySchema }) query: FindingsQuery): Promise<Findings> {
    return listFindings(this.db, query);
  }

  @Get('look')
  @ApiRoute({ summary: 'The latest look for findings, and the next', access: 'read', reply: looksSchema })
  latest(): Promise<Looks> {
    return latestLook(this.db, this.settings.lookEveryMs);
  }

  @Post('look')
  @HttpCode(202)
  @ApiRoute({
    summary: 'Look at the whole fleet now',
    description:
      'A coordinator takes it up within seconds; GET tells how it ended. While one waits or is under way, that one is meant. Each look is one more chance of a false suspicion, which fresh runs then have to refute.',
    access: 'submit',
    status: 202,
    reply: looksSchema,
    problems: { 400: 'a field of the body is wrong', 415: 'the body is not JSON' },
  })
  async look(
    @Body({ schema: lookBody }) { since }: z.infer<typeof lookBody>,
    @RequestCause() { actor }: Cause,
  ): Promise<Looks> {
    await askForLook(this.db, actor, since ?? Date.now());
    return latestLook(this.db, this.settings.lookEveryMs);
  }

  @Get(':findingId')
  @ApiRoute({
    summary: 'Read a finding with its history',
    access: 'read',
    reply: findingDetailSchema,
    problems: unknownFinding,
  })
  read(@Param('findingId', findingId) id: string): Promise<FindingDetail> {
    return findFinding(this.db, id);
  }

  @Get(':findingId/report')
  @ApiRoute({
    summary: 'A finding as a page of its own',
    description:
      'One HTML document: what changed, where and when, suspects, history, the hosts’ levels, and its fresh runs compared, with run ids, boot states and the command that repeats it. It runs no script and loads nothing.',
    access: 'read',
    produces: ['text/html'],
    problems: { ...unknownFinding, 429: 'too many requests, or too many comparisons of this key at once' },
  })
  report(
    @Param('findingId', findingId) id: string,
    @RequestActor() { keyId }: Actor,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StreamableFile> {
    return this.turns.during(keyId, closedSignal(response), async () => {
      const finding = await findFinding(this.db, id);
      return reportFile(request, 'finding', { finding, fresh: await freshRunsOf(this.db, finding) });
    });
  }

  @Post(':findingId/acknowledge')
  @HttpCode(200)
  @ApiRoute({ summary: 'Say that a finding was seen', access: 'submit', reply: findingDetailSchema, problems: acting })
  acknowledge(
    @Param('findingId', findingId) id: string,
    @Body({ schema: acknowledgeBody }) { note }: z.infer<typeof acknowledgeBody>,
    @RequestCause() cause: Cause,
  ): Promise<FindingDetail> {
    return this.act(id, { type: 'acknowledge', note: note ?? null }, cause);
  }

  @Post(':findingId/expected')
  @HttpCode(200)
  @ApiRoute({
    summary: 'Say that a finding is meant to be so',
    access: 'submit',
    reply: findingDetailSchema,
    problems: acting,
  })
  expected(
    @Param('findingId', findingId) id: string,
    @Body({ schema: notedSchema }) { note }: z.infer<typeof notedSchema>,
    @RequestCause() cause: Cause,
  ): Promise<FindingDetail> {
    return this.act(id, { type: 'expect', note }, cause);
  }

  @Post(':findingId/mute')
  @HttpCode(200)
  @ApiRoute({
    summary: 'Mute a finding until a moment',
    access: 'submit',
    reply: findingDetailSchema,
    problems: acting,
  })
  mute(
    @Param('findingId', findingId) id: string,
    @Body({ schema: muteSchema }) { until, note }: z.infer<typeof muteSchema>,
    @RequestCause() cause: Cause,
  ): Promise<FindingDetail> {
    return this.act(id, { type: 'mute', until, note }, cause);
  }

  @Post(':findingId/reopen')
  @HttpCode(200)
  @ApiRoute({
    summary: 'Take back what was said of a finding',
    description: 'It is no longer acknowledged, expected, muted or resolved.',
    access: 'submit',
    reply: findingDetailSchema,
    problems: acting,
  })
  reopen(
    @Param('findingId', findingId) id: string,
    @Body({ schema: notedSchema }) { note }: z.infer<typeof notedSchema>,
    @RequestCause() cause: Cause,
  ): Promise<FindingDetail> {
    return this.act(id, { type: 'reopen', note }, cause);
  }

  @Post(':findingId/resolve')
  @HttpCode(200)
  @ApiRoute({
    summary: 'Say that a finding is done with',
    description: 'One that goes away resolves by itself.',
    access: 'submit',
    reply: findingDetailSchema,
    problems: acting,
  })
  resolve(
    @Param('findingId', findingId) id: string,
    @Body({ schema: notedSchema }) { note }: z.infer<typeof notedSchema>,
    @RequestCause() cause: Cause,
  ): Promise<FindingDetail> {
    return this.act(id, { type: 'resolve', byItself: false, note }, cause);
  }

  private async act(id: string, command: Parameters<typeof actOnFinding>[2], cause: Cause): Promise<FindingDetail> {
    const finding = await actOnFinding(this.db, id, command, cause);
    this.readModel.wanted();
    return finding;
  }
}
