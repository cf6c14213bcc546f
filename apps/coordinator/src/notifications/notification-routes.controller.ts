import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { z } from 'zod';
import {
  type Cause,
  type MessageView,
  messageViewSchema,
  type Page,
  pauseRouteSchema,
  type RouteDetail,
  routeDetailSchema,
  routeNameSchema,
  routesQuerySchema,
  type RoutesQuery,
  routesSchema,
  type RouteView,
  type RouteWithSecret,
  routeWithSecretSchema,
  type SetRoute,
  setRouteSchema,
} from '#contracts';
import type { PrismaClient } from '#event-store';
import type { Settings } from '../environment.js';
import { ApiRoute } from '../http/api-route.js';
import { RequestCause } from '../http/request-context.js';
import { notFound } from '../problems/problem.js';
import { ReadModelProgress } from '../read-model/read-model-progress.js';
import { DATABASE, SETTINGS } from '../tokens.js';
import { actOnRoute, rotateSecret, setRoute } from './act-on-route.js';
import { sendTest } from './deliver.js';
import { findMessage } from './message-queries.js';
import { findRoute, listRoutes, toldRoute } from './route-queries.js';

const pauseBody = pauseRouteSchema.prefault({});
const name = { schema: routeNameSchema };
const unknown = { 400: 'name is no name of a route', 404: 'no such route' };
const removed = { ...unknown, 409: 'the route was removed' };

/** Only an admin makes and changes routes: the coordinator posts to their URLs, from inside the network (docs/notifications.md). */
@ApiTags('notifications')
@Controller('v1/notification-routes')
export class NotificationRoutesController {
  constructor(
    @Inject(DATABASE) private readonly db: PrismaClient,
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly readModel: ReadModelProgress,
  ) {}

  @Get()
  @ApiRoute({
    summary: 'List routes of notifications by name',
    access: 'read',
    reply: routesSchema,
    problems: { 400: 'a parameter of the query is wrong' },
  })
  list(@Query({ schema: routesQuerySchema }) query: RoutesQuery): Promise<Page<RouteView>> {
    return listRoutes(this.db, query);
  }

  @Get(':name')
  @ApiRoute({
    summary: 'Read a route of notifications, with its history',
    access: 'read',
    reply: routeDetailSchema,
    problems: unknown,
  })
  read(@Param('name', name) asked: string): Promise<RouteDetail> {
    return findRoute(this.db, asked);
  }

  @Put(':name')
  @ApiRoute({
    summary: 'Make or change a route of notifications',
    description:
      'Messages about its causes are posted to its URL, which is never shown again: Slack’s hold a secret. The reply to the first request is the only time that the secret is shown with which they are signed. A paused one stays paused.',
    access: 'admin',
    reply: routeWithSecretSchema,
    problems: {
      ...{ 400: 'a field of the body is wrong', 415: 'the body is not JSON' },
      422: 'a label or value of the selector is unknown, or a new route has no URL',
    },
  })
  async set(
    @Param('name', name) asked: string,
    @Body({ schema: setRouteSchema }) body: SetRoute,
    @RequestCause() cause: Cause,
    @Res({ passthrough: true }) response: Response,
  ): Promise<RouteWithSecret> {
    response.set('Cache-Control', 'no-store');
    return this.#changed(await setRoute(this.db, asked, body, cause));
  }

  @Post(':name/rotate')
  @HttpCode(200)
  @ApiRoute({
    summary: 'Have messages signed with a new secret',
    description:
      'The reply is the only time that it is shown. For a day messages carry a signature of the one before, too.',
    access: 'admin',
    reply: routeWithSecretSchema,
    problems: removed,
  })
  async rotate(
    @Param('name', name) asked: string,
    @RequestCause() cause: Cause,
    @Res({ passthrough: true }) response: Response,
  ): Promise<RouteWithSecret> {
    response.set('Cache-Control', 'no-store');
    return this.#changed(await rotateSecret(this.db, asked, cause));
  }

  @Post(':name/test')
  @HttpCode(200)
  @ApiRoute({
    summary: 'Send a test to a route',
    description: 'Tries it once, at once, also where the route is paused, and replies what became of it.',
    access: 'admin',
    reply: messageViewSchema,
    problems: removed,
  })
  async test(@Param('name', name) asked: string, @RequestCause() { actor }: Cause): Promise<MessageView> {
    const route = await toldRoute(this.db, asked);
    if (route.view.state === 'removed') throw notFound('route', asked, 'it was removed; set it again to make it anew');
    const surroundings = { publicUrl: this.settings.publicUrl };
    return findMessage(this.db, await sendTest(this.db, route, actor, surroundings));
  }

  @Post(':name/pause')
  @HttpCode(200)
  @ApiRoute({
    summary: 'Pause a route of notifications',
    description: 'Messages that wait are dropped. Pausing it twice is the same as once.',
    access: 'admin',
    reply: routeDetailSchema,
    problems: { ...removed, 415: 'the body is not JSON' },
  })
  async pause(
    @Param('name', name) asked: string,
    @Body({ schema: pauseBody }) { note }: z.infer<typeof pauseBody>,
    @RequestCause() cause: Cause,
  ): Promise<RouteDetail> {
    return this.#changed(await actOnRoute(this.db, asked, { type: 'pause', note: note ?? null }, cause));
  }

  @Post(':name/resume')
  @HttpCode(200)
  @ApiRoute({
    summary: 'Resume a paused route of notifications',
    description: 'What is so by then and was not told is told. Jobs that failed meanwhile are not.',
    access: 'admin',
    reply: routeDetailSchema,
    problems: removed,
  })
  async resume(@Param('name', name) asked: string, @RequestCause() cause: Cause): Promise<RouteDetail> {
    return this.#changed(await actOnRoute(this.db, asked, { type: 'resume' }, cause));
  }

  @Delete(':name')
  @ApiRoute({
    summary: 'Remove a route of notifications',
    description:
      'Messages that wait are dropped; its history and its messages stay. Removing it twice is the same as once.',
    access: 'admin',
    reply: routeDetailSchema,
    problems: unknown,
  })
  async remove(@Param('name', name) asked: string, @RequestCause() cause: Cause): Promise<RouteDetail> {
    return this.#changed(await actOnRoute(this.db, asked, { type: 'remove', note: null }, cause));
  }

  #changed<Reply>(reply: Reply): Reply {
    this.readModel.wanted();
    return reply;
  }
}
