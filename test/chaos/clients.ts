import { setTimeout as pause } from 'node:timers/promises';
import type { JobSpecInput } from '#contracts';
import type { Fleet } from './fleet.js';

const requestLimitMs = 5_000;
const retryMs = 300;

/** Asks one coordinator after the other until one answers for good: with success or with a refusal. */
async function insist(
  { urls, key }: Fleet,
  path: string,
  init: RequestInit,
  signal: AbortSignal,
): Promise<{ status: number; body: unknown }> {
  for (let tries = 0; ; tries += 1) {
    signal.throwIfAborted();
    const url = `${urls[tries % urls.length] ?? ''}${path}`;
    const headers = { ...init.headers, authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    try {
      const response = await fetch(url, { ...init, headers, signal: AbortSignal.timeout(requestLimitMs) });
      const body: unknown = await response.json();
      if (response.status < 500 && response.status !== 429) return { status: response.status, body };
    } catch {
      // Nobody there, or an answer that was cut: what was asked may have been done; asking again is harmless.
    }
    await pause(retryMs);
  }
}

/** Submits a job however long it takes. @returns its id. @throws Error when it is refused. */
export async function submit(fleet: Fleet, spec: JobSpecInput, name: string, signal: AbortSignal): Promise<string> {
  const init = { method: 'POST', body: JSON.stringify(spec), headers: { 'idempotency-key': name } };
  const { status, body } = await insist(fleet, '/v1/jobs', init, signal);
  if (status !== 200 && status !== 201) throw new Error(`job ${name} was refused: ${JSON.stringify(body)}`);
  return (body as { jobId: string }).jobId;
}

/** Cancels a job, unless it has ended. */
export async function cancel(fleet: Fleet, jobId: string, signal: AbortSignal): Promise<void> {
  await insist(fleet, `/v1/jobs/${jobId}/cancel`, { method: 'POST', body: '{}' }, signal);
}

/** Waits until so many hosts are known. */
export async function untilRegistered(fleet: Fleet, hosts: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    const { body } = await insist(fleet, '/v1/hosts?limit=200', {}, signal);
    if ((body as { items?: unknown[] }).items?.length === hosts) return;
    await pause(retryMs);
  }
}
