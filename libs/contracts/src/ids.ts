import * as z from 'zod';

/** Any UUID (v5 for derived ids, v7 for new ones). */
export const uuidSchema = z.uuid();

/**
 * The end of a UUID, as people type it: ids that were made in the same minute share their beginning. At least four of its
 * characters, so that a name is not taken for one by chance.
 */
export const idEndingSchema = z
  .string()
  .regex(/^[0-9a-f-]{4,36}$/i, 'must be the last 4 or more characters of an id: 0-9 a-f -')
  .transform((text) => text.toLowerCase());

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
