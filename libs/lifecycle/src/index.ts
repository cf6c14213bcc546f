// Pure deciders: what a command makes of a job, a run, a host; and how a job is laid out in runs.
export { type Place, Places } from './at-once.js';
export { annotationDecider } from './annotation.decider.js';
export { bootStateDecider, observed, type KnownBootState, type ObserveBootState } from './boot-state.decider.js';
export { canonicalJson, hashBootState } from './boot-state-hash.js';
export { decideAll, type Decider, stateOf } from './decider.js';
export {
  type Finding,
  type FindingCommand,
  findingDecider,
  type KnownFinding,
  mostTries,
  type Try,
} from './finding.decider.js';
export { standingOfFinding } from './finding-standing.js';
export {
  contradiction,
  hostDecider,
  serviceAfter,
  type ActOnHost,
  type Host,
  type HostCommand,
  type HostFacts,
} from './host.decider.js';
export { jobLabels, jobLabelsDecider, type LabelChanges } from './job-labels.decider.js';
export { jobDecider, type Job, type JobCommand, type JobOutcome, type RunTally } from './job.decider.js';
export { matrixPairs, type MatrixPair } from './matrix-pairs.js';
export {
  type KnownRoute,
  type NotificationRoute,
  type NotificationRouteCommand,
  notificationRouteDecider,
} from './notification-route.decider.js';
export { planJob, type PlannableHost } from './plan-job.js';
export { FieldRefused, Refused, type RefusalCode } from './refused.js';
export { attemptOf, type Run, type RunRequest } from './run.js';
export { runDecider, type CoordinatorRunCommand, type RunCommand, type WorkerRunCommand } from './run.decider.js';
export { type KnownSchedule, type Schedule, type ScheduleCommand, scheduleDecider } from './schedule.decider.js';
export { blackoutAt, type Come, type Due, latestOf, nextTimes, timesCome } from './schedule-times.js';
export { jobSeed, runSeed } from './seed.js';
