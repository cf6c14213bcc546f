import type { JobView } from '#contracts';

/** Longest silence on the wire; proxies commonly cut connections after 30 to 60 s without a byte. */
export const heartbeatMs = 15_000;
/** How often a job is looked at although the projection in this process did not move (another may have moved it). */
const lookMs = 1_000;

interface ProgressSource {
  /** The job as it stands. */
  load: () => Promise<JobView>;
  /** Whether the reader may still read: false once its key or session is revoked. Asked at each look. */
  mayRead: () => Promise<boolean>;
  /** Resolves when the read model may have changed, after `timeoutMs`, or when the signal fires; never rejects. */
  change: (timeoutMs: number, signal: AbortSignal) => Promise<void>;
  /** Milliseconds, monotonic. */
  now: () => number;
  /** Fires when the client has gone or the coordinator stops. */
  signal: AbortSignal;
}

function message(event: string, view: JobView): string {
  return `event: ${event}\ndata: ${JSON.stringify(view)}\n\n`;
}

/**
 * A job's progress as server-sent events: `progress` with the JobView at once and whenever it differs, a comment when
 * nothing was said for long, `end` with the last JobView when the job has ended. Ends without `end` when the
 * coordinator stops, or when the reader may not read any more; `retry` then lets the client come back and learn why.
 */
export async function* jobProgress({ load, mayRead, change, now, signal }: ProgressSource): AsyncGenerator<string> {
  yield 'retry: 2000\n\n';
  let said = '';
  let saidAt = now();
  while (!signal.aborted && (await mayRead())) {
    const view = await load();
    const text = message('progress', view);
    if (text !== said) {
      yield text;
      said = text;
      saidAt = now();
    } else if (now() - saidAt >= heartbeatMs) {
      yield ': still here\n\n';
      saidAt = now();
    }
    if (view.state === 'ended') {
      yield message('end', view);
      return;
    }
    await change(lookMs, signal);
  }
}
