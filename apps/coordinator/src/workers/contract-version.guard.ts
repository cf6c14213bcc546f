import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { z } from 'zod';
import { contractVersion } from '#contracts';
import { conflict } from '../problems/problem.js';

const versionedSchema = z.object({ contractVersion: z.int() });

/**
 * Refuses a worker of another release before anything else of its body is looked at: what else differs follows from
 * that. A body without a version is left to the body's schema.
 */
@Injectable()
export class ContractVersionGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const body = versionedSchema.safeParse(context.switchToHttp().getRequest<Request>().body);
    if (!body.success || body.data.contractVersion === contractVersion) return true;
    const theirs = body.data.contractVersion;
    throw conflict('contract-version', 'Worker and coordinator are of different releases', {
      field: 'contractVersion',
      message: `the worker speaks contract version ${theirs}, this coordinator version ${contractVersion}`,
      remedy: `run a ${theirs < contractVersion ? 'newer worker' : 'newer coordinator'}: both must be of one release`,
    });
  }
}
