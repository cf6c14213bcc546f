import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  type Cause,
  type HostActionReply,
  hostActionReplySchema,
  type HostActionRequest,
  hostActionRequestSchema,
} from '#contracts';
import type { PrismaClient } from '#event-store';
import { ApiRoute } from '../http/api-route.js';
import { RequestCause } from '../http/request-context.js';
import { ReadModelProgress } from '../read-model/read-model-progress.js';
import { DATABASE } from '../tokens.js';
import { actOnHosts } from './act-on-hosts.js';

/** How long an answer waits for the read model, so that whoever lists the hosts next finds them as they are now. */
const readModelPatienceMs = 2_000;

@ApiTags('hosts')
@Controller('v1/host-actions')
export class HostActionsController {
  constructor(
    @Inject(DATABASE) private readonly db: PrismaClient,
    private readonly readModel: ReadModelProgress,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiRoute({
    summary: 'Take hosts out of service, or put them back',
    description:
      'drain: no new runs, the one under way ends; undrain ends it. quarantine: the same because something is wrong with the host, and only release ends it. remove: no selector of a job finds it, its waiting runs are given up, its history stays; restore brings it back. Done to each host that it can be done to; an event of the host says who did it and why.',
    access: 'admin',
    reply: hostActionReplySchema,
    problems: {
      400: 'a field of the body is wrong',
      409: 'it can be done to none of these hosts as they are',
      415: 'the body is not JSON',
      422: 'a host, or a label or value of the selector, is unknown, or no host matches',
    },
  })
  async act(
    @Body({ schema: hostActionRequestSchema }) body: HostActionRequest,
    @RequestCause() cause: Cause,
  ): Promise<HostActionReply> {
    const { reply, streams } = await actOnHosts(this.db, body, cause);
    await this.readModel.contains(streams, readModelPatienceMs);
    return reply;
  }
}
