import { Controller, Inject, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { type Cause, type ImportQuery, importQuerySchema, type ImportReply, importReplySchema } from '#contracts';
import type { PrismaClient } from '#event-store';
import { ApiRoute } from '../http/api-route.js';
import { RequestCause } from '../http/request-context.js';
import { ProblemError } from '../problems/problem.js';
import { DATABASE } from '../tokens.js';
import { importLog } from './import-log.js';
import { readLog } from './read-body.js';

/** Imports at once: each may hold a log in memory, twice while it is packed. */
const mostAtOnce = 2;

@ApiTags('imports')
@Controller('v1/imports')
export class ImportController {
  #underWay = 0;

  constructor(@Inject(DATABASE) private readonly db: PrismaClient) {}

  @Post()
  @ApiConsumes('application/octet-stream')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiRoute({
    summary: 'Make runs of a kernel log',
    description:
      'The body is the log, in any form that xf log read takes. Its runs are stored like a worker’s, with their bytes, and labelled imported. 201 when there are new ones; the same run again changes nothing (200).',
    access: 'submit',
    status: 201,
    reply: importReplySchema,
    problems: {
      400: 'a parameter of the query is wrong, or the log is empty',
      413: 'the log is too large',
      415: 'the body is something else',
      422: 'the host is not known, or no run can be made of the log',
      429: 'too many requests, or other logs are being imported',
    },
  })
  async import(
    @Query({ schema: importQuerySchema }) said: ImportQuery,
    @RequestCause() cause: Cause,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ImportReply> {
    if (this.#underWay >= mostAtOnce) throw busy();
    this.#underWay += 1;
    try {
      const reply = await importLog(this.db, await readLog(request), said, cause);
      response.status(reply.runs.some(({ outcome }) => outcome === 'imported') ? 201 : 200);
      return reply;
    } finally {
      this.#underWay -= 1;
    }
  }
}

function busy(): ProblemError {
  return new ProblemError({
    status: 429,
    slug: 'imports-under-way',
    title: 'Other logs are being imported',
    detail: `${mostAtOnce} logs are being imported`,
    remedy: 'wait until Retry-After has passed, then send this one again',
    headers: { 'Retry-After': '5' },
  });
}
