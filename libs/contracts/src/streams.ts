import * as z from 'zod';
import { streamKinds } from './events/registry.js';

/** Stream names: one stream a boot state, a finding, a host, a job, a run, a schedule, a route of notifications. */
export const bootStateStream = (bootStateHash: string): string => `boot-state-${bootStateHash}`;
export const findingStream = (findingId: string): string => `finding-${findingId}`;
export const hostStream = (hostId: string): string => `host-${hostId}`;
export const jobStream = (jobId: string): string => `job-${jobId}`;
export const runStream = (runId: string): string => `run-${runId}`;
export const notificationRouteStream = (name: string): string => `notification-route-${name}`;
export const scheduleStream = (name: string): string => `schedule-${name}`;

/** Any stream's name, as a request gives it. */
export const streamNameSchema = z
  .string()
  .max(100)
  .regex(
    new RegExp(`^(${streamKinds.join('|')})-[\\w.-]+$`),
    `must be ${streamKinds.map((kind) => `${kind}-<id>`).join(' or ')}`,
  );
