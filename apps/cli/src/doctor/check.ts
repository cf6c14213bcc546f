import type { Readable } from './facts.js';

/** `ok` as it should be; `limited` works, but less well; `missing` something can't be done here. */
export type CheckState = 'ok' | 'limited' | 'missing';

export interface Check {
  /** Stable name. */
  id: string;
  state: CheckState;
  /** What was found and what it means. */
  found: string;
  /** What to do about it; null when nothing needs doing. */
  remedy: string | null;
}

export const ok = (id: string, found: string): Check => ({ id, state: 'ok', found, remedy: null });
export const limited = (id: string, found: string, remedy: string): Check => ({ id, state: 'limited', found, remedy });
export const missing = (id: string, found: string, remedy: string): Check => ({ id, state: 'missing', found, remedy });

export const textOf = (readable: Readable): string | null => ('text' in readable ? readable.text : null);
