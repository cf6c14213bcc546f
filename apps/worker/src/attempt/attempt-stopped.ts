/**
 * Why an attempt is aborted from outside.
 * - `told`: the coordinator's answer to a heartbeat names it: its job was cancelled, or it was superseded.
 * - `worker-stopped`: this worker is going down.
 */
export class AttemptStopped extends Error {
  override readonly name = 'AttemptStopped';
  constructor(readonly why: 'told' | 'worker-stopped') {
    super(why === 'told' ? 'the coordinator told this attempt to stop' : 'this worker is stopping');
  }
}
