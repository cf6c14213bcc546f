import { v5, v7 } from 'uuid';

/** Namespace of all ids that are derived instead of drawn; fixed for ever, or repeats would no longer be recognised. */
const namespace = '6f1d2a52-4f0c-5c0e-9a53-19940619c0de';

/** A new time-ordered id. */
export const newId = (): string => v7();

/** The same id for the same parts, so that doing a thing twice stores it once. */
export const deterministicId = (...parts: string[]): string => v5(parts.join('\u0000'), namespace);
