// The public face of the contracts: one schema for each event, queue payload and HTTP shape.
export {
  cpuIdentitySchema,
  virtualizationSchema,
  bootStateSchema,
  type CpuIdentity,
  type BootState,
} from './boot-state.js';
export { causeSchema, feedPositionSchema, type Cause, type FeedPosition, type EventMeta } from './events/envelope.js';
export {
  projectionListSchema,
  projectionViewSchema,
  type ProjectionList,
  type ProjectionView,
} from './http/projections.js';
export {
  retriedStreamSchema,
  setAsideStreamSchema,
  type RetriedStream,
  type SetAsideStream,
} from './http/set-aside.js';
export { findingBasisSchema, type FindingBasis } from './events/finding-events.js';
export { jobOutcomeSchema } from './events/job-events.js';
export {
  eventSchemas,
  eventTypesOf,
  isEventOf,
  UnknownEventError,
  currentVersion,
  readEvent,
  storedData,
  type EventType,
  type EventData,
  type EventOf,
  type StreamKind,
  type DomainEvent,
  type HostEvent,
  type JobEvent,
  type RunEvent,
  type FindingEvent,
  type ScheduleEvent,
  type NotificationRouteEvent,
  type RecordedEvent,
  type Upcasters,
} from './events/registry.js';
export * from './events/run-events.js';
export {
  bootOptionsSchema,
  cpuModelSchema,
  guestSchema,
  guestsOf,
  kernelSeriesSchema,
  matrixDimensions,
  matrixSchema,
  type Guest,
  type KernelSeries,
  type Matrix,
  type MatrixDimension,
} from './guest.js';
export {
  labelsSchema,
  operatorLabelsSchema,
  capabilitySchema,
  hostDescriptionSchema,
  type Capability,
  type HostDescription,
} from './host.js';
export {
  type CompareCellsQuery,
  compareCellsQuerySchema,
  type CompareQuery,
  type CompareQueryInput,
  compareQuerySchema,
  type CompareReportQuery,
  compareReportQuerySchema,
} from './http/compare-query.js';
export {
  comparisonCellsSchema,
  comparisonCellSchema,
  comparisonSchema,
  comparisonSideSchema,
  verdictSchema,
  type Comparison,
  type ComparisonCell,
  type ComparisonCells,
  type Effect,
  type FieldDifference,
  type FieldMixture,
  type Refusal,
  type Standing,
  type Verdict,
} from './http/compare.js';
export { repeatOf } from './http/compare-repeat.js';
export {
  type ImportedRun,
  type ImportQuery,
  importQuerySchema,
  type ImportReply,
  importReplySchema,
} from './http/imports.js';
export {
  judgedChangeSchema,
  knownChangesQuerySchema,
  knownChangesSchema,
  type JudgedChange,
  type KnownChanges,
  type KnownChangesQuery,
} from './http/known-changes.js';
export * from './http/findings.js';
export * from './http/schedules.js';
export * from './http/notifications.js';
export * from './notification.js';
export { webhookUrlSchema } from './webhook-url.js';
export * from './schedule.js';
export * from './finding.js';
export {
  bootChangeSchema,
  trendsQuerySchema,
  trendsSchema,
  type BootChange,
  type ChangedField,
  type TrendPoint,
  type Trends,
  type TrendSeries,
  type TrendsQuery,
  type TrendsQueryInput,
} from './http/trends.js';
export {
  comparedField,
  comparedFieldNames,
  comparedLabels,
  notAffected,
  type ComparedField,
  type FieldTrait,
} from './compared-fields.js';
export { consoleLinkSchema, type ConsoleLink } from './http/console.js';
export {
  invitationStateSchema,
  invitationViewSchema,
  inviteSchema,
  joinReplySchema,
  joinSchema,
  madeInvitationSchema,
  type InvitationView,
  type Invite,
  type Join,
  type JoinReply,
  type MadeInvitation,
} from './http/invitations.js';
export { labelsViewSchema, type LabelsView, type LabelView } from './http/labels.js';
export { jobPreviewSchema, type JobPreview } from './http/job-preview.js';
export { demoViewSchema, type DemoView } from './http/demo.js';
export { evidenceSchema, type Evidence } from './evidence.js';
export { eventViewSchema, type EventView } from './http/events.js';
export {
  workerRegistrationSchema,
  workerRegistrationReplySchema,
  heartbeatSchema,
  heartbeatReplySchema,
  hostBootStatesSchema,
  hostGroupsSchema,
  hostViewSchema,
  outOfServiceSchema,
  type BootSpan,
  type HostBootStates,
  type HostGroup,
  type HostGroups,
  type OutOfService,
  type WorkerRegistration,
  type Heartbeat,
  type HeartbeatReply,
  type HostView,
} from './http/hosts.js';
export * from './host-state.js';
export {
  hostActionReplySchema,
  hostActionRequestSchema,
  type HostActionReply,
  type HostActionRequest,
} from './http/host-actions.js';
export { type FleetView, fleetViewSchema } from './http/fleet.js';
export { type NoiseFloor, noiseFloorSchema } from './http/noise-floor.js';
export {
  jobStateSchema,
  jobViewSchema,
  cancelJobSchema,
  labelJobSchema,
  skippedViewSchema,
  waitsForSchema,
  type JobView,
  type SkippedView,
  type WaitsFor,
} from './http/jobs.js';
export { roleSchema, createKeySchema, keyViewSchema, createdKeySchema, type Role } from './http/keys.js';
export { defaultPageSize, pageQuerySchema, pageOf, type Page } from './http/page.js';
export { problemSchema, type Problem } from './http/problem.js';
export {
  outdatedRunsSchema,
  replayedRunSchema,
  replayReplySchema,
  replayRequestSchema,
  type OutdatedRuns,
  type ReplayedRun,
  type ReplayReply,
  type ReplayRequest,
  type ReplayRequestInput,
} from './http/replays.js';
export * from './http/runs.js';
export {
  simExplainQuerySchema,
  simExplanationSchema,
  simPagingSchema,
  simProgramSchema,
  simStepSchema,
  type SimExplainQuery,
  type SimExplanation,
} from './http/sim.js';
export { uuidSchema, idEndingSchema, hostIdSchema, workerIdSchema, runNonceSchema } from './ids.js';
export {
  prioritySchema,
  runOrderSchema,
  acceptedJobSpecSchema,
  type AtOnce,
  atOnceSchema,
  jobSpecSchema,
  jobDefaults,
  plannedRunSchema,
  type Priority,
  type RunOrder,
  type AcceptedJobSpec,
  type JobSpec,
  type JobSpecInput,
  type PlannedRun,
} from './job-spec.js';
export {
  bootFieldNames,
  bootFieldsOf,
  isBootField,
  labelReached,
  reachedAs,
  reservedLabelNotes,
  selectable,
} from './boot-fields.js';
export { demoLabel, derivedLabels, deriveLabels, guestSelector } from './labels.js';
export { limits } from './limits.js';
export {
  acceptedContractVersions,
  acceptedText,
  contractVersion,
  contractVersions,
  oldestContractVersion,
  type ContractVersion,
} from './contract-versions.js';
export { noiseFacts, noiseOf, noiseSchema, noiseVerdictSchema, type Noise, type NoiseVerdict } from './noise.js';
export {
  everyMeasure,
  measureLabel,
  measureName,
  metricNames,
  metricOf,
  metricsOfProbe,
  probeNames,
  probeOf,
  defaultProbes,
  probesWith,
  type Metric,
  type Probe,
} from './catalogue.js';
export {
  executorNames,
  executors,
  executorOf,
  guestExecutors,
  probesOf,
  provenanceFits,
  provenanceUnseen,
  provenancesOf,
  servedExecutors,
  type ServedExecutorName,
  simulators,
  type ExecutorName,
} from './executors.js';
export { executorSchema, metricSchema, probeSchema, provenanceSchema, servedExecutorSchema } from './names.js';
export { evidenced, type Provenance } from './provenance.js';
export { runTicketSchema, type RunTicket } from './queue.js';
export {
  SelectorError,
  fieldListNotes,
  fieldListSchema,
  parseFieldList,
  parseSelector,
  termsOf,
  selectorNotes,
  matchesSelector,
  selectorSchema,
  type Labels,
  type Selector,
} from './selector.js';
export { MomentError, momentOf, momentText } from './moment.js';
export { momentSchema } from './http/moment-schema.js';
export { bothSelectors, parseRunSelector, runSelectorSchema, subjectTerms, type RunSelector } from './run-selector.js';
export {
  annotationReached,
  jobLabelReached,
  isRunTerm,
  isRunTermName,
  runTermNames,
  type RunTermName,
} from './run-terms.js';
export { int32Schema, longTextSchema, shortTextSchema, textSchema } from './stored.js';
export {
  bootStateStream,
  findingStream,
  hostStream,
  jobStream,
  notificationRouteStream,
  runStream,
  scheduleStream,
  streamNameSchema,
} from './streams.js';
export {
  groupedResultRowSchema,
  groupedResultsQuerySchema,
  groupedResultsSchema,
  type GroupedResultRow,
  type GroupedResults,
  type GroupedResultsQuery,
} from './http/grouped-results.js';
export { type JobGroup, type JobOverview, jobOverviewSchema } from './http/job-overview.js';
export {
  jobResultRowSchema,
  jobFailureRowSchema,
  jobResultsSchema,
  matrixComparisonSchema,
  jobComparisonsSchema,
  type JobComparisons,
  type MatrixComparison,
  type JobResultRow,
  type JobResults,
} from './http/results.js';
