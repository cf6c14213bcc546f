import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import * as z from 'zod';
import type { ProjectionView } from '#contracts';
import type { PrismaClient } from '#event-store';
import { RunQueue } from '#queue';
import { ApiRoute } from '../http/api-route.js';
import { ReadModelProgress } from '../read-model/read-model-progress.js';
import { SessionWatchdog } from '../read-model/session-watchdog.js';
import { projectionViews } from '../rebuilds/projection-views.js';
import { DATABASE } from '../tokens.js';
import { blockedBy, check, heldBackBy, refuseStandstill, type Readiness, readinessSchema } from './checks.js';

const liveSchema = z.object({ status: z.literal('up') });

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(
    @Inject(DATABASE) private readonly db: PrismaClient,
    private readonly queue: RunQueue,
    private readonly readModel: ReadModelProgress,
    private readonly watchdog: SessionWatchdog,
  ) {}

  @Get('live')
  @ApiRoute({ summary: 'The process answers', access: 'open', reply: liveSchema })
  live(): z.infer<typeof liveSchema> {
    return { status: 'up' };
  }

  @Get('ready')
  @ApiRoute({ summary: 'PostgreSQL, queue and projection work', access: 'open', reply: readinessSchema })
  @ApiResponse({ status: 503, description: 'one of them does not; same body', standardSchema: readinessSchema })
  async ready(@Res({ passthrough: true }) response: Response): Promise<Readiness> {
    const holders = heldBackBy(this.watchdog.holders);
    let lagEvents: number | null = null;
    let views: ProjectionView[] | null = null;
    let setAsideStreams: number | null = null;
    let hostsByContractVersion: Record<string, number> | null = null;
    const [postgres, queue, projection] = await Promise.all([
      check(async () => {
        hostsByContractVersion = await this.contractVersions();
      }, 'start PostgreSQL or correct DATABASE_URL'),
      check(() => this.queue.ping(), "start the queue's backend or correct QUEUE_URL; runs are put back by themselves"),
      check(async () => {
        const lag = await this.readModel.lag();
        lagEvents = lag.events;
        views = await projectionViews(this.db);
        setAsideStreams = await this.db.setAsideStream.count();
        refuseStandstill(lag, holders);
      }, "look for the projection's error in the coordinator's log"),
    ]);
    const status = [postgres, queue, projection].every((c) => c.status === 'up') ? 'up' : 'down';
    response.status(status === 'up' ? 200 : 503);
    const readModel = { ...projection, lagEvents, projections: views, setAsideStreams, heldBackBy: holders };
    const server = { ...postgres, blockedBy: blockedBy(this.watchdog.holders) };
    return { status, hostsByContractVersion, checks: { postgres: server, queue, projection: readModel } };
  }

  private async contractVersions(): Promise<Record<string, number>> {
    const rows = await this.db.$queryRaw<{ version: number; hosts: number }[]>`
      SELECT contract_version AS version, count(*)::integer AS hosts FROM host_presence
       WHERE seen_at > now() - interval '1 minute' GROUP BY contract_version`;
    return Object.fromEntries(rows.map(({ version, hosts }) => [version, hosts]));
  }
}
