import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import * as z from 'zod';
import { acceptedContractVersions, acceptedText, contractVersion } from '#contracts';
import { conflict } from '../problems/problem.js';

const versionedSchema = z.object({ contractVersion: z.int() });

/**
 * Refuses a worker that is more than one version behind, or ahead, before anything else of its body is looked at: what else differs follows from
 * that. A body without a version is left to the body's schema.
 */
@Injectable()
export class ContractVersionGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const body = versionedSchema.safeParse(context.switchToHttp().getRequest<Request>().body);
    if (!body.success) return true;
    const theirs = body.data.contractVersion;
    if (acceptedContractVersions.some((version) => version === theirs)) return true;
    throw conflict('contract-version', 'The releases of worker and coordinator are too far apart', {
      field: 'contractVersion',
      message: `the worker speaks contract version ${theirs}, this coordinator versions ${acceptedText}`,
      remedy:
        theirs < contractVersion
          ? 'run a newer worker, of the release of this coordinator or the one before'
          : 'run a newer coordinator first, then newer workers',
    });
  }
}
