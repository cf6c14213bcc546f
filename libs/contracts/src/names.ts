import { metricNames, probeNames } from './catalogue.js';
import { executorNames, servedExecutors, type ServedExecutorName } from './executors.js';
import { nameSchema } from './name-schema.js';
import { provenances } from './provenance.js';

export const probeSchema = nameSchema('probe', probeNames);
export const metricSchema = nameSchema('metric', metricNames);
export const executorSchema = nameSchema('executor', executorNames);
/** One that a worker can serve. */
export const servedExecutorSchema = nameSchema(
  'executor',
  servedExecutors as [ServedExecutorName, ...ServedExecutorName[]],
);
export const provenanceSchema = nameSchema('provenance', provenances);
