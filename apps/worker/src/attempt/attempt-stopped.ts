/**
 * Why an attempt is aborted from outside.
 * - `revoked`: the coordinator's answer to a heartbeat names it: its job was cancelled, or it was superseded.
 * - `worker-stopped`: this worker is going down.
 */
export class AttemptStopped extends Error {
  override readonly name = 'AttemptStopped';
  constructor(readonly why: 'revoked' | 'worker-stopped') {
    super(why === 'revoked' ? 'the coordinator stopped this attempt' : 'this worker is stopping');
  }
}
