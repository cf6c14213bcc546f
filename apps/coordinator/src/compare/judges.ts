import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Tinypool } from 'tinypool';
import type { Comparison } from '#contracts';
import { projectRoot } from '../project-root.js';
import type { Case } from './judge-thread.js';
import { Turns } from './turns.js';

/** As built: a thread loads plain JavaScript, also where this file itself is transpiled on the way (tests). */
const thread = join(projectRoot(), 'dist/apps/coordinator/src/compare/judge-thread.js');
/** Threads end when they have had nothing to do for so long. */
const idleTimeoutMs = 30_000;
/** A key's comparisons: what a page that draws several needs, without piling up. */
const limits = { atOnce: 2, waiting: 4, inAll: 60 };

/** Judges one case in a thread. */
export type Judge = (judged: Case) => Promise<Comparison>;

/**
 * Judges comparisons beside the event loop: 20,000 resamples of 2,905 runs take 2.9 s, during which nothing else would
 * be answered.
 */
@Injectable()
export class Judges implements OnModuleDestroy {
  private readonly turns = new Turns(limits);
  private readonly pool = new Tinypool({
    filename: thread,
    runtime: 'worker_threads',
    minThreads: 0,
    maxThreads: Math.max(1, Math.min(4, availableParallelism() - 1)),
    idleTimeout: idleTimeoutMs,
  });

  /**
   * Does the work, which may judge many cases one after another, when it is this key's turn.
   *
   * @param keyId who asks
   * @param signal the client has gone: what waits is left out, what is under way is ended
   * @throws ProblemError 429 when the key, or all together, ask for too much at once
   */
  during<T>(keyId: string, signal: AbortSignal, work: (judge: Judge) => Promise<T>): Promise<T> {
    return this.turns.during(keyId, signal, () =>
      work((judged) => {
        signal.throwIfAborted();
        return this.pool.run(judged, { signal }) as Promise<Comparison>;
      }),
    );
  }

  async onModuleDestroy(): Promise<void> {
    await this.pool.destroy();
  }
}
