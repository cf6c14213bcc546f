import { Controller, Get, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type LabelsView, labelsViewSchema, type LabelView } from '#contracts';
import type { PrismaClient } from '#event-store';
import { ApiRoute } from '../http/api-route.js';
import { SharedAnswer } from '../http/shared-answer.js';
import { DATABASE } from '../tokens.js';

/** Values of a label that are given. */
const most = 50;
/** At 10,000 hosts it takes 97 ms of PostgreSQL's time, and every page with a selector asks for it. */
const sameForMs = 2_000;

@ApiTags('hosts')
@Controller('v1/labels')
export class LabelsController {
  private readonly shared = new SharedAnswer(sameForMs, () => this.read());

  constructor(@Inject(DATABASE) private readonly db: PrismaClient) {}

  @Get()
  @ApiRoute({
    summary: 'What selectors can name',
    description:
      'Every label and fact of boot states that a host or run has or had, with its values; `host` is left out, GET /v1/hosts lists them. Up to two seconds old.',
    access: 'read',
    reply: labelsViewSchema,
  })
  list(): Promise<LabelsView> {
    return this.shared.get();
  }

  private async read(): Promise<LabelsView> {
    const items = await this.db.$queryRaw<LabelView[]>`
      WITH now_of AS MATERIALIZED (
        SELECT l.key, l.value, count(*)::integer AS hosts FROM hosts, jsonb_each_text(labels) AS l
         WHERE l.key <> 'host' AND hosts.host_id NOT IN (SELECT host_id FROM host_service WHERE state = 'removed') GROUP BY 1, 2
      ), ranked AS (
        SELECT k.key, k.value, coalesce(n.hosts, 0) AS hosts, (count(*) OVER of_key)::integer AS total,
               row_number() OVER (of_key ORDER BY coalesce(n.hosts, 0) DESC, k.value COLLATE "C") AS place
          FROM label_values k LEFT JOIN now_of n ON n.key = k.key AND n.value = k.value WHERE k.key <> 'host'
        WINDOW of_key AS (PARTITION BY k.key))
      SELECT key AS name, min(total) AS total, jsonb_agg(jsonb_build_object('value', value, 'hosts', hosts) ORDER BY place) AS values
        FROM ranked WHERE place <= ${most}::integer GROUP BY key ORDER BY key COLLATE "C"`;
    return labelsViewSchema.parse({ items });
  }
}
