import { exchange, type Reply, tlsFault } from '#connect';
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
  /** The reply is to be submitted again: what this release does not know of it must not be lost. */
  exact?: boolean;
}

/** The code of what went wrong, which says more than its words. */
function reasonOf(error: unknown): string {
  for (let at = error; typeof at === 'object' && at !== null; at = 'cause' in at ? at.cause : undefined) {
    if ('code' in at && typeof at.code === 'string') return at.code;
  }
  return error instanceof Error ? error.message : String(error);
}

/** When whoever looks on is told that an answer is awaited: answers mostly take well under a second. */
const tellAfterMs = 2_000;

/** What `work` gives; a person is told when it takes its time, and can end it. */
async function toldWhenSlow<T>({ url, tell }: Connection, work: Promise<T>): Promise<T> {
  if (tell === undefined) return work;
  const line = `${url} has not answered for ${tellAfterMs / 1_000} s; still waiting, Ctrl-C ends it`;
  const timer = setTimeout(() => tell(line), tellAfterMs);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}

/** A reply's text. @throws CliError where the connection broke in the middle of it */
async function textOf(reply: Reply, path: string): Promise<string> {
  try {
    return await reply.text();
  } catch (error) {
    throw new CliError(
      `the reply to ${path} broke off (${reasonOf(error)})`,
      'try again; if it breaks off again, see the coordinator’s log and what stands in between',
      exitCodes.coordinator,
    );
  }
}

/** The coordinator closes a connection that was idle for some seconds, perhaps just as the next question is on its way. */
const wasClosed = (error: unknown): boolean => ['ECONNRESET', 'EPIPE'].includes(reasonOf(error));

/** Asks again once where the connection was closed; only a question, which may be put twice. */
async function askAgain(ask: () => Promise<Reply>, { method = 'GET', signal }: RequestOptions): Promise<Reply> {
  try {
    return await ask();
  } catch (error) {
    if (method !== 'GET' || signal?.aborted || !wasClosed(error)) throw error;
    return await ask();
  }
}

/**
 * One request. A reply with status 400 or more, or that leads elsewhere, becomes an error. A body is for the caller to read: one that is not
 * read keeps the process waiting.
 *
 * @throws CliError with the problem document's field and remedy, or saying that nobody answers.
 */
export async function request(connection: Connection, path: string, options: RequestOptions = {}): Promise<Reply> {
  const url = new URL(`${connection.url}${path}`);
  for (const [name, value] of Object.entries(options.query ?? {})) {
    for (const one of value === undefined ? [] : [value].flat()) url.searchParams.append(name, String(one));
  }
  let reply: Reply;
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
      ...(connection.ca === undefined ? {} : { ca: connection.ca }),
    };
    reply = await toldWhenSlow(
      connection,
      askAgain(() => exchange(url, asked), options),
    );
  } catch (error) {
    if (options.signal?.aborted) throw error;
    const fault = tlsFault(error);
    if (fault !== null) throw new CliError(`no secure connection to ${connection.url}`, fault, exitCodes.unreachable);
    throw new CliError(
      `no coordinator answers at ${connection.url} (${reasonOf(error)})`,
      'start one with npm start, or check --url / XF_URL',
      exitCodes.unreachable,
    );
  }
  if (reply.status >= 300 && reply.status < 400 && reply.location !== null) {
    reply.body.resume();
    throw new CliError(
      `${connection.url} answered that it is at ${legible(reply.location)}`,
      'give that address as --url / XF_URL, if it may have your key',
      exitCodes.refused,
    );
  }
  if (reply.status === 204) reply.body.resume();
  if (reply.status < 200 || reply.status >= 300) {
    throw errorFromReply(reply.status, reply.contentType, await textOf(reply, path));
  }
  return reply;
}

/**
 * A reply as its contract says.
 *
 * @throws CliError when the reply is no JSON, is not whole, or does not fit the schema of this release.
 */
export async function requestJson<S extends z.ZodType>(
  connection: Connection,
  path: string,
  schema: S,
  options: RequestOptions = {},
): Promise<z.output<S>> {
  const reply = await request(connection, path, options);
  const text = await textOf(reply, path);
  const { contentType: type } = reply;
  if (type?.includes('json')) return checked(schema, parseJson(text), path, options.exact);
  throw new CliError(
    `${connection.url} is no coordinator: it answered ${path} with ${type === null ? 'something' : legible(type)} instead of JSON`,
    'check --url / XF_URL: the address of the coordinator itself, without a path behind it',
    exitCodes.coordinator,
  );
}

const at = (value: unknown, path: readonly PropertyKey[]): object =>
  path.reduce<unknown>((within, name) => (within as Record<PropertyKey, unknown>)[name], value) as object;

/** Takes out what a newer coordinator says and this release does not know, where the contract allows no other names. */
function forgetUnknown(value: unknown, issues: readonly z.core.$ZodIssue[]): boolean {
  return issues.every((issue) => {
    if (issue.code !== 'unrecognized_keys') return false;
    for (const key of issue.keys) Reflect.deleteProperty(at(value, issue.path), key);
    return true;
  });
}

export function checked<S extends z.ZodType>(schema: S, value: unknown, path: string, exact = false): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  if (!exact && forgetUnknown(value, parsed.error.issues)) return checked(schema, value, path);
  const issue = parsed.error.issues[0];
  throw new CliError(
    `the reply to ${path} does not fit this release's contract: ${legible(issue?.path.join('.') || 'body')}: ${legible(issue?.message ?? '')}`,
    'run an xf and a coordinator of the same release',
    exitCodes.coordinator,
  );
}
