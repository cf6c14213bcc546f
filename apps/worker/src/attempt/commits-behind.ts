import { setImmediate as turn } from 'node:timers/promises';
import type { CaptureCommand } from '#capture';
import type { CaptureRoom } from '../capture/read-ahead.js';

/** What may wait for the commit under way: hand-overs, mostly of 8,192 samples. More gain nothing (`npm run bench:worker`). */
const mostWaiting = 8;

interface HandedOver {
  packing: Promise<CaptureCommand[]>;
  rawBytes: number;
}

/**
 * Commits what an attempt captures, in order, while its log is read on: threads pack it and PostgreSQL stores it meanwhile.
 * One commit is under way at a time; what is handed over during it shares the next. Captured bytes hold their room until
 * they are stored.
 */
export class CommitsBehind {
  #waiting: HandedOver[] = [];
  #underWay: Promise<void> | null = null;
  #failure: { error: unknown } | null = null;

  /**
   * @param commit is not called before the call before it has returned, and never again once one has failed.
   * @param onFailure is told at once, for the next bytes of the log may be long in coming.
   */
  constructor(
    private readonly commit: (commands: CaptureCommand[]) => Promise<void>,
    private readonly room: CaptureRoom,
    private readonly onFailure: () => void,
  ) {}

  /** Resolves when more may come. @throws whatever packing or committing threw, of this or of what came before. */
  async handOver(packing: Promise<CaptureCommand[]>, rawBytes: number): Promise<void> {
    packing.catch(() => undefined); // awaited in its turn
    this.#throwIfFailed();
    this.room.hold(rawBytes);
    this.#waiting.push({ packing, rawBytes });
    this.#begin();
    if (this.#waiting.length >= mostWaiting) await this.#underWay;
    // A log that is there already would be read without a look at what threads and PostgreSQL answer.
    else await turn();
    this.#throwIfFailed();
  }

  /** No more will come. @returns what is not stored yet, for the commit that ends the attempt. @throws as `handOver`. */
  async end(): Promise<CaptureCommand[]> {
    const rest = this.#takeWaiting();
    await this.#underWay;
    this.#throwIfFailed();
    return packed(rest);
  }

  /** Drops what waits, if anything still does, and waits for the commit under way. */
  async leave(): Promise<void> {
    this.#takeWaiting();
    await this.#underWay;
  }

  #begin(): void {
    if (this.#underWay !== null || this.#failure !== null || this.#waiting.length === 0) return;
    const some = this.#waiting;
    this.#waiting = [];
    this.#underWay = this.#store(some);
  }

  async #store(some: readonly HandedOver[]): Promise<void> {
    try {
      await this.commit(await packed(some));
    } catch (error) {
      this.#failure = { error };
      this.#takeWaiting();
      this.onFailure();
    }
    this.#release(some);
    this.#underWay = null;
    this.#begin();
  }

  #takeWaiting(): HandedOver[] {
    const taken = this.#waiting;
    this.#waiting = [];
    this.#release(taken);
    return taken;
  }

  #release(handedOver: readonly HandedOver[]): void {
    for (const { rawBytes } of handedOver) this.room.release(rawBytes);
  }

  #throwIfFailed(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }
}

async function packed(handedOver: readonly HandedOver[]): Promise<CaptureCommand[]> {
  return (await Promise.all(handedOver.map(({ packing }) => packing))).flat();
}
