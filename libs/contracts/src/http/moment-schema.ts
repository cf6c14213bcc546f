import * as z from 'zod';
import { MomentError, momentOf } from '../moment.js';

/** Reads a point in time of a request as people write it; ms since 1970, NaN with an issue where it is none. */
export function readMoment(text: string, context: z.RefinementCtx): number {
  try {
    return momentOf(text, Date.now());
  } catch (error) {
    if (!(error instanceof MomentError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
    return NaN;
  }
}

export const momentSchema = z.string().max(64).transform(readMoment);
