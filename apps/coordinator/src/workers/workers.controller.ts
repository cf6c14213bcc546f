import { Body, Controller, HttpCode, Inject, Param, Post, Put, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import {
  type Cause,
  type Heartbeat,
  type HeartbeatReply,
  heartbeatReplySchema,
  heartbeatSchema,
  workerIdSchema,
  type WorkerRegistration,
  workerRegistrationReplySchema,
  workerRegistrationSchema,
} from '#contracts';
import type { PrismaClient } from '#event-store';
import type { Settings } from '../environment.js';
import { ApiRoute } from '../http/api-route.js';
import { type Actor, RequestActor, RequestCause } from '../http/request-context.js';
import { ReadModelProgress } from '../read-model/read-model-progress.js';
import { DATABASE, SETTINGS } from '../tokens.js';
import { ContractVersionGuard } from './contract-version.guard.js';
import { heartbeat } from './heartbeat.js';
import { registerWorker, removedOf } from './register-worker.js';

/** How long a registration waits for the read model, so that a job submitted right after finds the hosts. */
const readModelPatienceMs = 2_000;

const problems = {
  400: 'a field of the body is wrong',
  409: 'the worker is of a release that is too far from this one, or another live instance serves one of the hosts, or one is another machine than before',
  413: 'the body is too large: register the hosts in several requests',
  415: 'the body is not JSON',
};

@ApiTags('workers')
@Controller('v1/workers')
@UseGuards(ContractVersionGuard)
export class WorkersController {
  constructor(
    @Inject(DATABASE) private readonly db: PrismaClient,
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly readModel: ReadModelProgress,
  ) {}

  @Put(':workerId')
  @ApiRoute({
    summary: 'Register a worker and the hosts it serves',
    description:
      'Repeating it changes nothing. Hosts that are not named stay as they are. One that was removed stays removed until somebody restores it.',
    access: 'worker',
    reply: workerRegistrationReplySchema,
    problems,
  })
  async register(
    @Param('workerId', { schema: workerIdSchema }) workerId: string,
    @Body({ schema: workerRegistrationSchema })
    { contractVersion, hosts, instanceId, sessionId, replace, tokenHash }: WorkerRegistration,
    @RequestActor() { keyId }: Actor,
    @RequestCause() cause: Cause,
  ): Promise<z.infer<typeof workerRegistrationReplySchema>> {
    const { leaseMs, heartbeatMs } = this.settings;
    const written = await registerWorker(this.db, {
      workerId,
      contractVersion,
      instanceId,
      sessionId,
      hosts,
      replace,
      token: tokenHash === undefined ? null : { hash: tokenHash, keyId },
      intervals: { heartbeatMs, leaseMs },
      cause: { ...cause, actor: `worker:${workerId}` },
    });
    await this.readModel.contains(written, readModelPatienceMs);
    const removed = await removedOf(this.db, hosts);
    return { heartbeatMs, leaseMs, ...(removed.length === 0 ? {} : { removed }) };
  }

  @Post(':workerId/heartbeat')
  @HttpCode(200)
  @ApiRoute({
    summary: 'Say that a worker lives and what it works on',
    description: 'Renews the leases of the named attempts and names those that must stop: cancelled or superseded.',
    access: 'worker',
    reply: heartbeatReplySchema,
    problems: {
      ...problems,
      404: 'a host is not registered: register again',
      409: 'the worker is of a release that is too far from this one, or another instance serves one of the hosts',
    },
  })
  beat(
    @Param('workerId', { schema: workerIdSchema }) workerId: string,
    @Body({ schema: heartbeatSchema }) body: Heartbeat,
  ): Promise<HeartbeatReply> {
    return heartbeat(this.db, workerId, body, this.settings);
  }
}
