import type { Response } from 'express';

/** Fires when a reply is done or its client has gone. */
export function closedSignal(response: Response): AbortSignal {
  const controller = new AbortController();
  if (response.closed) controller.abort();
  else response.once('close', () => controller.abort());
  return controller.signal;
}
