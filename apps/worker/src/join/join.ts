import { chmod, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join as pathOf } from 'node:path';
import { exchange, PlainTextError, readTrust, securedUrl, tlsFault, type Trust, TrustError } from '#connect';
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
  /** PEM file of the authorities that signed the fleet's certificates; XF_CA_FILE when left out. A copy is kept with the settings. */
  ca?: string | undefined;
  /** Although there is such a file. */
  again: boolean;
}

const requestLimitMs = 30_000;

function trustOf(ca: string | undefined): Trust {
  try {
    return readTrust({ ...process.env, ...(ca === undefined ? {} : { XF_CA_FILE: ca }) });
  } catch (error) {
    if (!(error instanceof TrustError)) throw error;
    throw new JoinError(ca !== undefined && error.setting === 'XF_CA_FILE' ? `--ca ${error.fault}` : error.message);
  }
}

/** @throws JoinError where the token would be read on its way, by which others could join */
function baseOf(url: string, trust: Trust): string {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new JoinError(`${url} is not the address of a coordinator; for example https://fleet.example`);
  }
  try {
    return securedUrl(url, trust).replace(/\/+$/, '');
  } catch (error) {
    throw error instanceof PlainTextError ? new JoinError(`${url} ${error.message}`) : error;
  }
}

function answerOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null; // no JSON: no coordinator of ours, which is what the caller says
  }
}

async function exchangeToken(url: string, body: object, { ca }: Trust): Promise<JoinReply> {
  let status: number;
  let text: string;
  try {
    const headers = { 'content-type': 'application/json' };
    const signal = AbortSignal.timeout(requestLimitMs);
    // Follows no redirect: the token is for this address alone.
    const asked = { method: 'POST', headers, body: JSON.stringify(body), signal, ...(ca === null ? {} : { ca }) };
    const reply = await exchange(new URL(`${url}/v1/join`), asked);
    status = reply.status;
    text = await reply.text();
  } catch (error) {
    const fault = tlsFault(error)?.replace('(XF_CA_FILE)', '(--ca FILE)');
    const { message, code } = error as NodeJS.ErrnoException;
    throw new JoinError(`${url} can't be reached: ${fault ?? code ?? message}`);
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
  const trust = trustOf(request.ca);
  const url = baseOf(request.url, trust);
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
      const reply = await exchangeToken(url, asked.data, trust);
      joinedAs = reply.workerId;
      // The worker's user may not be able to read the file that was named.
      const caFile = trust.ca === null ? undefined : pathOf(dirname(config), 'ca.pem');
      if (caFile !== undefined) await writeFile(caFile, trust.ca ?? '', { mode: 0o644 });
      const { plainHosts } = trust;
      await file.writeFile(configText(url, reply, { executors, machine, caFile, plainHosts }));
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
