import type { z } from 'zod';
import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';
import { legible } from '../output/legible.js';
import type { Connection } from './connection.js';
import { errorFromReply, parseJson } from './problem-error.js';

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** A list is sent as the parameter repeated. */
  query?: Record<string, string | number | readonly string[] | undefined>;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as they are, instead of a body. */
  bytes?: Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** `TypeError: fetch failed` says nothing by itself; the reason stands in its causes. */
function reasonOf(error: unknown): string {
  for (let at = error; typeof at === 'object' && at !== null; at = 'cause' in at ? at.cause : undefined) {
    if ('code' in at && typeof at.code === 'string') return at.code;
  }
  return error instanceof Error ? error.message : String(error);
}

/** The coordinator closes a connection that was idle for some seconds, perhaps just as the next question is on its way. */
const wasClosed = (error: unknown): boolean => ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(reasonOf(error));

/** Asks again once where the connection was closed; only a question, which may be put twice. */
async function askAgain(ask: () => Promise<Response>, { method = 'GET', signal }: RequestOptions): Promise<Response> {
  try {
    return await ask();
  } catch (error) {
    if (method !== 'GET' || signal?.aborted || !wasClosed(error)) throw error;
    return await ask();
  }
}

/**
 * One request. A reply with status 400 or more becomes an error.
 *
 * @throws CliError with the problem document's field and remedy, or saying that nobody answers.
 */
export async function request(connection: Connection, path: string, options: RequestOptions = {}): Promise<Response> {
  const url = new URL(`${connection.url}${path}`);
  for (const [name, value] of Object.entries(options.query ?? {})) {
    for (const one of value === undefined ? [] : [value].flat()) url.searchParams.append(name, String(one));
  }
  let reply: Response;
  try {
    const asked = {
      method: options.method ?? 'GET',
      headers: {
        authorization: `Bearer ${connection.key}`,
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(options.bytes === undefined ? {} : { 'content-type': 'application/octet-stream' }),
        ...options.headers,
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.bytes === undefined ? {} : { body: options.bytes }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    };
    reply = await askAgain(() => fetch(url, asked), options);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new CliError(
      `no coordinator answers at ${connection.url} (${reasonOf(error)})`,
      'start one with npm start, or check --url / XF_URL',
      exitCodes.unreachable,
    );
  }
  if (!reply.ok) throw errorFromReply(reply.status, reply.headers.get('content-type'), await reply.text());
  return reply;
}

/**
 * A reply as its contract says.
 *
 * @throws CliError when the reply does not fit the schema of this release.
 */
export async function requestJson<S extends z.ZodType>(
  connection: Connection,
  path: string,
  schema: S,
  options: RequestOptions = {},
): Promise<z.output<S>> {
  const reply = await request(connection, path, options);
  return checked(schema, parseJson(await reply.text()), path);
}

export function checked<S extends z.ZodType>(schema: S, value: unknown, path: string): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new CliError(
    `the reply to ${path} does not fit this release's contract: ${legible(issue?.path.join('.') || 'body')}: ${legible(issue?.message ?? '')}`,
    'run an xf and a coordinator of the same release',
    exitCodes.coordinator,
  );
}
