/** Whom the fleet's own events and jobs are by: looks for regressions, their confirmations, schedules. */
export const systemUser = 'xperf-fleet';
