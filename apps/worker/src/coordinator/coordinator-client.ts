import {
  heartbeatReplySchema,
  problemSchema,
  workerRegistrationReplySchema,
  type Heartbeat,
  type HeartbeatReply,
  type WorkerRegistration,
} from '#contracts';
import { type Asked, exchange, tlsFault } from '#connect';
import type { z } from 'zod';

/** The coordinator refused for good: asking again would not help. `message` says what the operator can do. */
export class RefusedByCoordinatorError extends Error {
  override readonly name = 'RefusedByCoordinatorError';
  constructor(
    readonly status: number,
    message: string,
    /** The problem's type, where the coordinator gave one. */
    readonly type = 'about:blank',
  ) {
    super(message);
  }

  /** It does not know the key, which says nothing of who holds it: its database may be another for the moment. */
  get isUnknownKey(): boolean {
    return this.status === 401 && this.type !== 'urn:xperf-fleet:problem:key-revoked';
  }
}

/** What the worker asks of the coordinator. */
export interface Coordinator {
  register(
    registration: WorkerRegistration,
    signal: AbortSignal,
  ): Promise<z.infer<typeof workerRegistrationReplySchema>>;
  heartbeat(heartbeat: Heartbeat, signal: AbortSignal): Promise<HeartbeatReply>;
}

export interface CoordinatorAddress {
  url: string;
  key: string;
  workerId: string;
  requestLimitMs: number;
  /** PEM of the authorities that may have signed its certificate; null or absent: the system's. */
  ca?: string | null;
}

/** Statuses that may pass by themselves: too early, too many, and the server's own trouble. */
const passing = (status: number): boolean => status === 408 || status === 425 || status === 429 || status >= 500;

const remedies: Readonly<Record<number, string>> = {
  401: 'WORKER_KEY is not a key of this coordinator (or was revoked); make one of role worker with POST /v1/keys',
  403: 'WORKER_KEY has not the role worker; make one with POST /v1/keys',
  404: 'COORDINATOR_URL does not lead to a coordinator of this release',
};

/** Speaks to the coordinator over HTTP; its answers are validated. */
export function createCoordinatorClient({ url, key, workerId, requestLimitMs, ca }: CoordinatorAddress): Coordinator {
  async function ask<T>(
    method: 'PUT' | 'POST',
    path: string,
    body: object,
    answer: z.ZodType<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const { ok, status, text } = await wholeAnswer(`${url}/v1/workers/${workerId}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(requestLimitMs)]),
      ...(typeof ca === 'string' ? { ca } : {}),
    });
    if (!ok) throw refusal(status, text);
    const parsed = answer.safeParse(jsonOf(text));
    if (parsed.success) return parsed.data;
    throw new RefusedByCoordinatorError(status, `${url} answers like no coordinator of this release`);
  }
  return {
    register: (registration, signal) => ask('PUT', '', registration, workerRegistrationReplySchema, signal),
    heartbeat: (heartbeat, signal) => ask('POST', '/heartbeat', heartbeat, heartbeatReplySchema, signal),
  };
}

/** One request with its whole answer. @throws saying what keeps the coordinator from being reached */
async function wholeAnswer(url: string, asked: Asked): Promise<{ ok: boolean; status: number; text: string }> {
  try {
    const reply = await exchange(new URL(url), asked);
    return { ok: reply.status >= 200 && reply.status < 300, status: reply.status, text: await reply.text() };
  } catch (error) {
    asked.signal?.throwIfAborted();
    const { message, code } = error as NodeJS.ErrnoException;
    const why = tlsFault(error) ?? code ?? message;
    throw new Error(`${new URL(url).origin} can't be reached: ${why}`, { cause: error });
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function refusal(status: number, text: string): Error {
  const problem = problemSchema.safeParse(jsonOf(text));
  const said = problem.success ? `${problem.data.title}: ${problem.data.detail ?? ''}` : text.slice(0, 300);
  const message = `the coordinator answers ${status}: ${said}`;
  if (passing(status)) return new Error(message);
  const remedy = remedies[status];
  const type = problem.success ? problem.data.type : undefined;
  return new RefusedByCoordinatorError(status, remedy === undefined ? message : `${message}. ${remedy}`, type);
}
