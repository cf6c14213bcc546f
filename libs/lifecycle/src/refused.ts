/** Why a decider turned a command down; the HTTP and worker rims translate it. */
export type RefusalCode =
  /** The job's stream is empty. */
  | 'unknown-job'
  /** The same job id was submitted before with another body. */
  | 'body-differs'
  /** The job has ended, so there is nothing to cancel. */
  | 'job-ended'
  /** Runs of the job have not all ended yet. */
  | 'runs-open'
  /** The finding's stream is empty. */
  | 'unknown-finding'
  /** What the finding rested on is not there any more. */
  | 'finding-withdrawn'
  /** The schedule's stream is empty. */
  | 'unknown-schedule'
  /** The schedule was removed, so there is nothing to pause. */
  | 'schedule-removed'
  /** The stream of the route of notifications is empty. */
  | 'unknown-route'
  /** The route was removed, so there is nothing to pause. */
  | 'route-removed'
  /** The host's stream is empty. */
  | 'unknown-host'
  /** The attempt is not the one that may write now: superseded, ended, or started by another delivery of its ticket. */
  | 'stale-attempt';

/** A command that the state does not allow. An answer, not a fault of the program: nothing was changed. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(
    readonly code: RefusalCode,
    message: string,
  ) {
    super(message);
  }
}

/** What was asked can't be done: which field of the body is at fault, and what to do about it. Nothing was changed. */
export class FieldRefused extends Error {
  override readonly name = 'FieldRefused';

  constructor(
    readonly field: string,
    message: string,
    readonly remedy: string,
  ) {
    super(message);
  }
}
