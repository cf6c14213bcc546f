import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { joinReplySchema, type JoinReply, joinSchema, problemSchema } from '#contracts';
import { idFromHostname } from '../env/worker-settings.js';
import { kinds } from '../executors/kinds.js';
import { configText } from './config-text.js';

/** Why this machine has not joined, with the remedy; it has changed nothing here, and says if the token was used. */
export class JoinError extends Error {
  override readonly name = 'JoinError';
}

export interface JoinRequest {
  url: string;
  token: string;
  /** Path of the file of settings to write. */
  config: string;
  host?: string | undefined;
  executor?: readonly string[] | undefined;
  machine?: string | undefined;
  /** Although there is such a file. */
  again: boolean;
}

const requestLimitMs = 30_000;

function baseOf(url: string): string {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new JoinError(`${url} is not the address of a coordinator; for example https://fleet.example`);
  }
  return url.replace(/\/+$/, '');
}

function answerOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null; // no JSON: no coordinator of ours, which is what the caller says
  }
}

async function exchange(url: string, body: object): Promise<JoinReply> {
  let status: number;
  let text: string;
  try {
    const headers = { 'content-type': 'application/json' };
    const signal = AbortSignal.timeout(requestLimitMs);
    // The token is for this address alone, so that it goes to no other that the answer names.
    const init = { method: 'POST', headers, body: JSON.stringify(body), signal, redirect: 'manual' } as const;
    const response = await fetch(`${url}/v1/join`, init);
    status = response.status;
    text = await response.text();
  } catch (error) {
    const { message, cause } = error as { message: string; cause?: { code?: string; message?: string } };
    throw new JoinError(`${url} can't be reached: ${cause?.code ?? cause?.message ?? message}`);
  }
  const answer = answerOf(text);
  const reply = joinReplySchema.safeParse(answer);
  if (status === 201 && reply.success) return reply.data;
  const problem = problemSchema.safeParse(answer);
  if (!problem.success) throw new JoinError(`${url} answers ${status}, but not as a coordinator of this release does`);
  const { title, detail, remedy } = problem.data;
  throw new JoinError(`${title}: ${detail ?? ''}${remedy === undefined ? '' : `\n  remedy: ${remedy}`}`);
}

/** What this machine can measure by itself: crossings where its kernel has the hook, round trips everywhere. */
const usualExecutors = (): string[] =>
  Object.entries(kinds).flatMap(([name, { offered }]) => (offered?.() === true ? [name] : []));

/**
 * Exchanges the token for this worker's key, its login and the addresses, and writes them into the file of settings, which only
 * its owner can read. The file is opened first: a token that was used for settings that can't be written would be lost.
 *
 * @throws JoinError
 */
export async function join(request: JoinRequest): Promise<JoinReply> {
  const { token, config, machine, again } = request;
  const url = baseOf(request.url);
  const asked = joinSchema.safeParse({ token, hostId: request.host ?? idFromHostname(hostname()) });
  if (!asked.success) {
    const lines = asked.error.issues.map(
      ({ path, message }) => `${path[0] === 'hostId' ? '--host' : 'the token'} ${message}`,
    );
    throw new JoinError(lines.join('\n'));
  }
  const before = await readFile(config, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new JoinError(`${config} can't be read: ${error.message}; run it as root`);
  });
  if (before !== null && !again) {
    throw new JoinError(
      `this machine has joined: there is ${config}; --again takes the place of it (it is kept as ${config}.old)`,
    );
  }
  const executors = request.executor ?? usualExecutors();
  const draft = `${config}.new`;
  let joinedAs: string | null = null;
  try {
    await mkdir(dirname(config), { recursive: true, mode: 0o755 });
    const file = await open(draft, 'w', 0o600);
    try {
      await chmod(draft, 0o600);
      const reply = await exchange(url, asked.data);
      joinedAs = reply.workerId;
      await file.writeFile(configText(url, reply, { executors, machine }));
      await file.sync();
      if (before !== null) await rename(config, `${config}.old`);
      await rename(draft, config);
      return reply;
    } finally {
      await file.close();
    }
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    if (error instanceof JoinError) throw error;
    const remedy =
      joinedAs === null
        ? 'run it as root'
        : `the token is used up: when it can be, ask for another that names this machine: xf hosts invite --host ${joinedAs}`;
    throw new JoinError(`${config} can't be written: ${(error as Error).message}; ${remedy}`);
  }
}
