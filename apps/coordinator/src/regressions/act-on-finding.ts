import type { Cause, FindingDetail } from '#contracts';
import { handle, type PrismaClient } from '#event-store';
import { type FindingCommand, findingDecider, Refused } from '#lifecycle';
import { conflict, notFound } from '../problems/problem.js';
import { findFinding } from './finding-queries.js';

/**
 * What a person says of a finding; saying it twice is the same as once.
 *
 * @throws ProblemError 404, or 409 when it was withdrawn
 */
export async function actOnFinding(
  db: PrismaClient,
  findingId: string,
  command: Extract<FindingCommand, { type: 'acknowledge' | 'expect' | 'mute' | 'reopen' | 'resolve' }>,
  cause: Cause,
): Promise<FindingDetail> {
  try {
    await handle(db, findingDecider, findingId, command, { cause });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.code === 'unknown-finding')
      throw notFound('finding', findingId, 'GET /v1/regressions?state=all lists the findings');
    throw conflict('finding-withdrawn', 'The finding was withdrawn', {
      field: 'findingId',
      message: error.message,
      remedy: 'nothing is left to say of it; its history tells why. A look that finds it again takes it up again',
    });
  }
  return findFinding(db, findingId);
}
