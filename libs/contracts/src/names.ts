import { z } from 'zod';
import { metricNames, probeNames } from './catalogue.js';
import { executorNames, servedExecutors, type ServedExecutorName } from './executors.js';
import { provenances } from './provenance.js';

/** One of a table's names; anything else is refused with the names that there are. */
function nameSchema<const T extends readonly [string, ...string[]]>(what: string, names: T) {
  return z.enum(names, {
    error: ({ input }) =>
      typeof input === 'string'
        ? `there is no ${what} "${input.slice(0, 64)}"; there are ${names.join(', ')}`
        : `must name a ${what}: ${names.join(', ')}`,
  });
}

export const probeSchema = nameSchema('probe', probeNames);
export const metricSchema = nameSchema('metric', metricNames);
export const executorSchema = nameSchema('executor', executorNames);
/** One that a worker can serve. */
export const servedExecutorSchema = nameSchema(
  'executor',
  servedExecutors as [ServedExecutorName, ...ServedExecutorName[]],
);
export const provenanceSchema = nameSchema('provenance', provenances);
