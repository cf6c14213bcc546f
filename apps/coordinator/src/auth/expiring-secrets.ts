import { randomBytes } from 'node:crypto';
import { hashKey } from './api-key.js';

/** 256 random bits in base64url: 43 characters. */
export function makeSecret(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * Secrets that hold for a while, in this process only. Kept as hashes, as API keys are; beyond `atMost` the oldest is
 * dropped, so that whoever makes them can't fill the memory.
 */
export class ExpiringSecrets {
  /** In the order in which they were added, and so in which they expire. Values in milliseconds, by `now`. */
  private readonly expiryOf = new Map<string, number>();

  constructor(
    readonly lifeMs: number,
    private readonly atMost: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  add(secret: string): void {
    for (const [hash, expiry] of this.expiryOf) {
      if (expiry > this.now() && this.expiryOf.size < this.atMost) break;
      this.expiryOf.delete(hash);
    }
    this.expiryOf.set(hashOf(secret), this.now() + this.lifeMs);
  }

  has(secret: string): boolean {
    return (this.expiryOf.get(hashOf(secret)) ?? -Infinity) > this.now();
  }

  /** Whether it held, for the last time. */
  take(secret: string): boolean {
    const held = this.has(secret);
    this.expiryOf.delete(hashOf(secret));
    return held;
  }

  clear(): void {
    this.expiryOf.clear();
  }
}

const hashOf = (secret: string): string => hashKey(secret).toString('base64');
