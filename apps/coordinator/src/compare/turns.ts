import { ProblemError } from '../problems/problem.js';

export interface TurnLimits {
  /** Pieces of work that one key has under way at once; further ones wait. */
  atOnce: number;
  /** Pieces of work that wait for one key; further ones are refused. */
  waiting: number;
  /** The same over all keys, those under way included. */
  inAll: number;
}

interface Line {
  running: number;
  waiting: (() => void)[];
}

/** When to come back: a comparison of the largest size takes about that long. */
const retryAfterSeconds = 3;

function tooMany(detail: string): ProblemError {
  return new ProblemError({
    status: 429,
    slug: 'too-many-comparisons',
    title: 'Too many comparisons at once',
    detail,
    remedy: 'wait for the answers before you ask for more',
    headers: { 'Retry-After': String(retryAfterSeconds) },
  });
}

/** Bounds heavy work by key, so that one key's requests neither pile up nor keep the others' from their turn. */
export class Turns {
  private readonly lines = new Map<string, Line>();
  private held = 0;

  constructor(private readonly limits: TurnLimits) {}

  /**
   * Does the work when it is this key's turn.
   *
   * @throws ProblemError 429 when too much waits already; the signal's reason when it fires before the turn comes.
   */
  async during<T>(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const { atOnce, waiting, inAll } = this.limits;
    const line = this.lines.get(key) ?? { running: 0, waiting: [] };
    if (line.waiting.length >= waiting) {
      throw tooMany(`this key has ${atOnce} comparisons under way and ${waiting} waiting already`);
    }
    if (this.held >= inAll) throw tooMany(`${inAll} comparisons are under way or wait, of all keys together`);
    signal.throwIfAborted();
    this.lines.set(key, line);
    this.held += 1;
    try {
      if (line.running >= atOnce) await inLine(line, signal);
      else line.running += 1;
      try {
        return await work();
      } finally {
        // The turn is handed on as it is, so that nobody slips in between.
        const next = line.waiting.shift();
        if (next === undefined) line.running -= 1;
        else next();
      }
    } finally {
      this.held -= 1;
      if (line.running === 0) this.lines.delete(key);
    }
  }
}

function inLine({ waiting }: Line, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      waiting.splice(waiting.indexOf(take), 1);
      reject(signal.reason as Error);
    };
    const take = (): void => {
      signal.removeEventListener('abort', leave);
      resolve();
    };
    waiting.push(take);
    signal.addEventListener('abort', leave, { once: true });
  });
}
