import { ProblemError } from '../problems/problem.js';

export interface FollowerLimits {
  /** Streams that one key has open. */
  ofKey: number;
  /** Those of all keys. */
  inAll: number;
}

/** A stream that ends makes room; most jobs end within minutes. */
const headers = { 'Retry-After': '30' };

/** Bounds how many progress streams are open: a thousand of them take 91 MB and 0.13 s of CPU a second (docs/console.md). */
export class Followers {
  private readonly streams = new Map<string, number>();
  private all = 0;

  constructor(private readonly limits: FollowerLimits) {}

  /**
   * Counts a stream of this key until the signal fires.
   *
   * @throws ProblemError 429 when the key has as many as it may have, 503 when all keys together have
   */
  enter(keyId: string, until: AbortSignal): void {
    if (until.aborted) return;
    const { ofKey, inAll } = this.limits;
    const open = this.streams.get(keyId) ?? 0;
    if (open >= ofKey) {
      throw new ProblemError({
        ...{ status: 429, slug: 'too-many-streams', title: 'Too many streams of this key', headers },
        detail: `this key has ${open} progress streams open, as many as one key may have`,
        remedy: 'close some of them, or follow several jobs with GET /v1/jobs?state=running',
      });
    }
    if (this.all >= inAll) {
      throw new ProblemError({
        ...{ status: 503, slug: 'streams-taken', title: 'All streams are taken', headers },
        detail: `${this.all} progress streams are open, of all keys together`,
        remedy:
          'try again later, or ask for the job every few seconds; whoever runs the coordinator can raise STREAMS_IN_ALL',
      });
    }
    this.count(keyId, 1);
    until.addEventListener('abort', () => this.count(keyId, -1), { once: true });
  }

  private count(keyId: string, by: 1 | -1): void {
    const open = (this.streams.get(keyId) ?? 0) + by;
    if (open === 0) this.streams.delete(keyId);
    else this.streams.set(keyId, open);
    this.all += by;
  }
}
