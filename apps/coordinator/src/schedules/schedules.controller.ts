import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import {
  type Cause,
  type Page,
  pauseScheduleSchema,
  type ScheduleDetail,
  scheduleDetailSchema,
  scheduleNameSchema,
  scheduleSpecSchema,
  type ScheduleSpec,
  schedulesQuerySchema,
  type SchedulesQuery,
  schedulesSchema,
  type ScheduleView,
} from '#contracts';
import type { PrismaClient } from '#event-store';
import type { ScheduleCommand } from '#lifecycle';
import { ApiRoute } from '../http/api-route.js';
import { RequestCause } from '../http/request-context.js';
import { ReadModelProgress } from '../read-model/read-model-progress.js';
import { databaseNow } from '../reconcile/listening.js';
import { DATABASE } from '../tokens.js';
import { actOnSchedule } from './act-on-schedule.js';
import { findSchedule, listSchedules } from './schedule-queries.js';
import { checkScheduledJob } from './check-scheduled-job.js';

const pauseBody = pauseScheduleSchema.prefault({});
const name = { schema: scheduleNameSchema };
const unknown = { 400: 'name is no name of a schedule', 404: 'no such schedule' };
const removed = { ...unknown, 409: 'the schedule was removed' };

@ApiTags('schedules')
@Controller('v1/schedules')
export class SchedulesController {
  constructor(
    @Inject(DATABASE) private readonly db: PrismaClient,
    private readonly readModel: ReadModelProgress,
  ) {}

  @Get()
  @ApiRoute({
    summary: 'List schedules by name',
    access: 'read',
    reply: schedulesSchema,
    problems: { 400: 'a parameter of the query is wrong' },
  })
  list(@Query({ schema: schedulesQuerySchema }) query: SchedulesQuery): Promise<Page<ScheduleView>> {
    return listSchedules(this.db, query);
  }

  @Get(':name')
  @ApiRoute({
    summary: 'Read a schedule, with its next times and its history',
    access: 'read',
    reply: scheduleDetailSchema,
    problems: unknown,
  })
  read(@Param('name', name) asked: string): Promise<ScheduleDetail> {
    return findSchedule(this.db, asked);
  }

  @Put(':name')
  @ApiRoute({
    summary: 'Make or change a schedule',
    description:
      'Its job is submitted each time that it is due, as a job of its own. Hosts are chosen each time anew. What was due before is not made up for. A paused one stays paused.',
    access: 'submit',
    reply: scheduleDetailSchema,
    problems: {
      ...{ 400: 'a field of the body is wrong', 415: 'the body is not JSON' },
      422: 'its times can not be read or never come, or its job could not be planned now',
    },
  })
  async set(
    @Param('name', name) asked: string,
    @Body({ schema: scheduleSpecSchema }) spec: ScheduleSpec,
    @RequestCause() cause: Cause,
  ): Promise<ScheduleDetail> {
    await checkScheduledJob(this.db, spec.job);
    return this.#act(asked, { type: 'set', name: asked, spec, now: await this.#now() }, cause);
  }

  @Post(':name/pause')
  @HttpCode(200)
  @ApiRoute({
    summary: 'Pause a schedule',
    description: 'Jobs that it has submitted run on. Pausing it twice is the same as once.',
    access: 'submit',
    reply: scheduleDetailSchema,
    problems: { ...removed, 415: 'the body is not JSON' },
  })
  pause(
    @Param('name', name) asked: string,
    @Body({ schema: pauseBody }) { note }: z.infer<typeof pauseBody>,
    @RequestCause() cause: Cause,
  ): Promise<ScheduleDetail> {
    return this.#act(asked, { type: 'pause', note: note ?? null }, cause);
  }

  @Post(':name/resume')
  @HttpCode(200)
  @ApiRoute({
    summary: 'Resume a paused schedule',
    description: 'What was due meanwhile is not made up for.',
    access: 'submit',
    reply: scheduleDetailSchema,
    problems: removed,
  })
  async resume(@Param('name', name) asked: string, @RequestCause() cause: Cause): Promise<ScheduleDetail> {
    return this.#act(asked, { type: 'resume', now: await this.#now() }, cause);
  }

  @Delete(':name')
  @ApiRoute({
    summary: 'Remove a schedule',
    description: 'Its history and its jobs stay. Removing it twice is the same as once.',
    access: 'submit',
    reply: scheduleDetailSchema,
    problems: unknown,
  })
  remove(@Param('name', name) asked: string, @RequestCause() cause: Cause): Promise<ScheduleDetail> {
    return this.#act(asked, { type: 'remove', note: null }, cause);
  }

  async #now(): Promise<string> {
    return new Date(await databaseNow(this.db)).toISOString();
  }

  async #act(
    asked: string,
    command: Extract<ScheduleCommand, { type: 'set' | 'pause' | 'resume' | 'remove' }>,
    cause: Cause,
  ): Promise<ScheduleDetail> {
    const detail = await actOnSchedule(this.db, asked, command, cause);
    this.readModel.wanted();
    return detail;
  }
}
