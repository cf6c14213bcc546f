import {
  heartbeatReplySchema,
  problemSchema,
  workerRegistrationReplySchema,
  type Heartbeat,
  type HeartbeatReply,
  type WorkerRegistration,
} from '#contracts';
import type { z } from 'zod';

/** The coordinator refused for good: asking again would not help. `message` says what the operator can do. */
export class RefusedByCoordinatorError extends Error {
  override readonly name = 'RefusedByCoordinatorError';
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
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
}

/** Statuses that may pass by themselves: too early, too many, and the server's own trouble. */
const passing = (status: number): boolean => status === 408 || status === 425 || status === 429 || status >= 500;

const remedies: Readonly<Record<number, string>> = {
  401: 'WORKER_KEY is not a key of this coordinator (or was revoked); make one of role worker with POST /v1/keys',
  403: 'WORKER_KEY has not the role worker; make one with POST /v1/keys',
  404: 'COORDINATOR_URL does not lead to a coordinator of this release',
};

/** Speaks to the coordinator over HTTP; its answers are validated. */
export function createCoordinatorClient({ url, key, workerId, requestLimitMs }: CoordinatorAddress): Coordinator {
  async function ask<T>(
    method: 'PUT' | 'POST',
    path: string,
    body: object,
    answer: z.ZodType<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const { ok, status, text } = await exchange(`${url}/v1/workers/${workerId}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(requestLimitMs)]),
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

/** One request with its whole answer. `fetch` says only "fetch failed"; why stands in the cause. */
async function exchange(url: string, init: RequestInit): Promise<{ ok: boolean; status: number; text: string }> {
  try {
    const response = await fetch(url, init);
    return { ok: response.ok, status: response.status, text: await response.text() };
  } catch (error) {
    init.signal?.throwIfAborted();
    const { message, cause } = error as { message: string; cause?: { code?: string; message?: string } };
    const why = cause?.code ?? cause?.message ?? message;
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
  return new RefusedByCoordinatorError(status, remedy === undefined ? message : `${message}. ${remedy}`);
}
