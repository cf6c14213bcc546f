import { dailySeries } from './daily-series.table.js';
import { endedRuns } from './ended-runs.table.js';
import { findings } from './findings.table.js';
import { hostNoise } from './host-noise.table.js';
import { notificationRoutes } from './notification-routes.table.js';
import { operational } from './operational.js';
import type { Projection } from './projection.js';
import { runAnnotations } from './run-annotations.table.js';
import { runCourses } from './run-course.table.js';
import { schedules } from './schedules.table.js';

/** Every projection; one that reads another's tables stands behind it. */
export const projections: readonly Projection[] = [
  operational,
  dailySeries,
  hostNoise,
  runAnnotations,
  findings,
  schedules,
  notificationRoutes,
  endedRuns,
  runCourses,
];
