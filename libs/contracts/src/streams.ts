/** Stream names: one stream a host, a job, a run. */
export const hostStream = (hostId: string): string => `host-${hostId}`;
export const jobStream = (jobId: string): string => `job-${jobId}`;
export const runStream = (runId: string): string => `run-${runId}`;
