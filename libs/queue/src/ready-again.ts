import type { createPostgresBackend } from 'bullmq';

/** BullMQ's classes that look at their schema before they do anything. The promise of that look is theirs alone, in types. */
interface Looking {
  waitUntilReady(): Promise<void>;
}

/** Has the next caller look again where the last look failed. */
function forgetFailures(of: Looking): void {
  const wait = of.waitUntilReady.bind(of);
  const kept = of as unknown as { readyPromise?: unknown };
  of.waitUntilReady = async () => {
    const looked = wait();
    const own = kept.readyPromise;
    try {
      await looked;
    } catch (error) {
      // Unless somebody else looks again already.
      if (kept.readyPromise === own) delete kept.readyPromise;
      throw error;
    }
  };
}

/**
 * BullMQ remembers a failed look at its schema for ever. A queue that is first used while PostgreSQL is away would fail until the process
 * ends, and a Worker, which tries again at once, would fail so fast that the process does nothing else: it answers no request and no signal.
 */
export function readyAgain(create: typeof createPostgresBackend): typeof createPostgresBackend {
  return (...how) => {
    const backend = create(...how);
    const { connection } = backend as unknown as { connection: Looking };
    for (const one of [connection, backend]) forgetFailures(one);
    return backend;
  };
}
