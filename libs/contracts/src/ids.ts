import { z } from 'zod';

/** Any UUID (v5 for derived ids, v7 for new ones). */
export const uuidSchema = z.uuid();

/**
 * Host ids stand in queue names, stream names and Grafana variables, so they are slugs:
 * lower case, no quote, no space, at most 63 characters.
 */
export const hostIdSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'must be 1-63 characters of a-z 0-9 . _ - and start with a letter or digit');

/** A worker daemon's name; same alphabet as a host id. */
export const workerIdSchema = hostIdSchema;

/** The nonce that marks the kernel-log lines of one attempt: 8 lower-case hex digits. */
export const runNonceSchema = z.string().regex(/^[0-9a-f]{8}$/, 'must be 8 lower-case hex digits');
