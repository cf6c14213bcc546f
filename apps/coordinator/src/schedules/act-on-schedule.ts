import type { Cause, ScheduleDetail } from '#contracts';
import { handle, type PrismaClient } from '#event-store';
import { FieldRefused, Refused, type ScheduleCommand, scheduleDecider } from '#lifecycle';
import { conflict, notFound, refused } from '../problems/problem.js';
import { findSchedule } from './schedule-queries.js';

/**
 * What a person wants of a schedule; wanting it twice is the same as once.
 *
 * @throws ProblemError 404, 409 when it was removed, 422 when its times can't be read or never come
 */
export async function actOnSchedule(
  db: PrismaClient,
  name: string,
  command: Extract<ScheduleCommand, { type: 'set' | 'pause' | 'resume' | 'remove' }>,
  cause: Cause,
): Promise<ScheduleDetail> {
  try {
    await handle(db, scheduleDecider, name, command, { cause });
  } catch (error) {
    if (error instanceof FieldRefused)
      throw refused({ field: error.field, message: error.message, remedy: error.remedy });
    if (!(error instanceof Refused)) throw error;
    if (error.code === 'unknown-schedule') throw notFound('schedule', name, 'GET /v1/schedules lists the schedules');
    throw conflict('schedule-removed', 'The schedule was removed', {
      ...{ field: 'name', message: error.message, remedy: 'set it again to make it anew' },
    });
  }
  return findSchedule(db, name);
}
