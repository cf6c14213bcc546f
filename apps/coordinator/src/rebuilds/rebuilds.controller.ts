import { Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import * as z from 'zod';
import { type ProjectionList, projectionListSchema, type ProjectionView, projectionViewSchema } from '#contracts';
import type { PrismaClient } from '#event-store';
import { ApiRoute } from '../http/api-route.js';
import { notFound } from '../problems/problem.js';
import { projections } from '../projections/projections.js';
import { askToRebuild } from '../read-model/ask-to-rebuild.js';
import { DATABASE } from '../tokens.js';
import { projectionView, projectionViews } from './projection-views.js';

const nameSchema = z.string().regex(/^[a-z][a-z_]{0,39}$/, 'must be lower-case letters and underscores, 40 at most');

@ApiTags('projections')
@Controller('v1/projections')
export class RebuildsController {
  constructor(@Inject(DATABASE) private readonly db: PrismaClient) {}

  @Get()
  @ApiRoute({
    summary: 'List the projections that make up the read model',
    description: 'With the version of their tables, how far they are behind, and whether they are being refilled.',
    access: 'admin',
    reply: projectionListSchema,
  })
  async list(): Promise<ProjectionList> {
    return { items: await projectionViews(this.db) };
  }

  @Post(':name/rebuild')
  @HttpCode(202)
  @ApiRoute({
    summary: 'Refill the tables of a projection from history',
    description:
      'The old tables answer until the new ones take their place; then `swaps` has grown. What reads these tables is filled after them.',
    access: 'admin',
    reply: projectionViewSchema,
    status: 202,
    problems: { 400: 'name is not a name of a projection', 404: 'there is no such projection' },
  })
  async rebuild(@Param('name', { schema: nameSchema }) name: string): Promise<ProjectionView> {
    const projection = projections.find((one) => one.name === name);
    if (projection === undefined) {
      throw notFound('projection', name, `there are ${projections.map((one) => one.name).join(', ')}`);
    }
    await askToRebuild(this.db, projection);
    return projectionView(this.db, projection);
  }
}
