import { Session } from 'node:inspector/promises';
import { Rest } from './rest.js';

const lookEveryMs = 5_000;

/**
 * Gives the memory of its busiest moment back once the process has come to rest. V8 lets its young generation grow to three times
 * 16 MB and keeps it; bounding it, or preferring size throughout, doubles the CPU time of a run (docs/scaling.md). The
 * collection that the inspector asks for shrinks it, which that of `--expose-gc` does not (V8 11.3).
 *
 * @param mayNow whether a collection, 50 ms on all cores, disturbs nobody: no measurement.
 */
export function giveMemoryBackAtRest(mayNow: () => boolean, onError: (error: unknown) => void): void {
  const rest = new Rest();
  setInterval(() => {
    if (!mayNow()) return;
    const { user, system } = process.cpuUsage();
    if (rest.hasCome((user + system) / 1_000, performance.now())) collect().catch(onError);
  }, lookEveryMs).unref();
}

async function collect(): Promise<void> {
  const session = new Session();
  session.connect();
  try {
    await session.post('HeapProfiler.collectGarbage');
  } finally {
    session.disconnect();
  }
}
