import { setTimeout as pause } from 'node:timers/promises';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { type JobView, jobViewSchema } from '#contracts';
import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';
import type { Connection } from './connection.js';
import { checked, request } from './http.js';
import { parseJson } from './problem-error.js';

/** Reconnections in a row without a single event before we say that the coordinator is gone. */
const triesInARow = 10;
const retryMs = 500;

async function* eventsOnce(
  connection: Connection,
  path: string,
  signal?: AbortSignal,
): AsyncGenerator<[string, JobView]> {
  const reply = await request(connection, path, {
    headers: { accept: 'text/event-stream' },
    ...(signal === undefined ? {} : { signal }),
  });
  const come: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => void come.push(event) });
  for await (const text of reply.body.setEncoding('utf8')) {
    parser.feed(text as string);
    for (const { event, data } of come.splice(0)) {
      yield [event ?? 'message', checked(jobViewSchema, parseJson(data), path)];
    }
  }
}

/**
 * A job's views as it goes on, the last one ended. A lost connection is taken up again: every view is whole, so nothing
 * is missed.
 *
 * @throws CliError when the coordinator stays away or refuses.
 */
export async function* jobProgress(
  connection: Connection,
  jobId: string,
  signal?: AbortSignal,
): AsyncGenerator<JobView> {
  const path = `/v1/jobs/${jobId}/progress`;
  let last: unknown;
  for (let tries = 0; tries < triesInARow; tries += 1) {
    try {
      for await (const [event, view] of eventsOnce(connection, path, signal)) {
        yield view;
        if (event === 'end' || view.state === 'ended') return;
        tries = 0;
      }
    } catch (error) {
      if (signal?.aborted) throw error;
      if (error instanceof CliError && error.exitCode !== exitCodes.unreachable) throw error;
      last = error;
    }
    await pause(retryMs, undefined, signal === undefined ? {} : { signal });
  }
  throw last instanceof CliError
    ? last
    : new CliError('the coordinator keeps closing the progress stream', 'see its log', exitCodes.unreachable);
}
