// Pure deciders: what a command makes of a job, a run, a host; and how a job is laid out in runs.
export { canonicalJson, hashBootState } from './boot-state-hash.js';
export {
  contradiction,
  decideHost,
  evolveHost,
  newHost,
  type Host,
  type HostCommand,
  type HostFacts,
} from './host.decider.js';
export {
  decideJob,
  evolveJob,
  newJob,
  type Job,
  type JobCommand,
  type JobOutcome,
  type RunTally,
} from './job.decider.js';
export { matrixPairs, type MatrixPair } from './matrix-pairs.js';
export { planJob, type PlannableHost } from './plan-job.js';
export { JobRefused, Refused, type RefusalCode } from './refused.js';
export { attemptOf, evolveRun, newRun, type Run, type RunOrderSheet } from './run.js';
export { decideRun, type CoordinatorRunCommand, type RunCommand, type WorkerRunCommand } from './run.decider.js';
export { jobSeed, runSeed } from './seed.js';
