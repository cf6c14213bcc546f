import { describe, expect, it } from '@jest/globals';
import { EventEmitter } from 'node:events';
import type { Request, Response } from 'express';
import { createLog } from '#logging';
import { openContext } from './request-context.js';
import { logRequests } from './request-log.js';

/** The level under which a request is logged at `debug`, where nothing is left out. */
function levelOf(path: string, status: number): number {
  let line = '';
  const log = createLog({ level: 'debug', base: {} }, { write: (text) => void (line = text) });
  const response = Object.assign(new EventEmitter(), { statusCode: status, writableFinished: true });
  const request = { path, method: 'POST' } as Request;
  openContext(request, 'some-id');
  logRequests(log)(request, response as unknown as Response, () => undefined);
  response.emit('close');
  return (JSON.parse(line) as { level: number }).level;
}

const [debug, info, error] = [20, 30, 50];

describe('the request log', () => {
  it.each([
    ['/health/live', 200, debug],
    ['/metrics', 200, debug],
    ['/v1/workers/w1/heartbeat', 200, debug],
    ['/v1/workers/w1/heartbeat', 409, info],
    ['/v1/workers/w1/heartbeat', 503, error],
    ['/health/ready', 503, error],
    ['/v1/workers/w1', 200, info],
    ['/v1/jobs', 201, info],
  ])('%s with %i is logged at level %i', (path, status, level) => {
    expect(levelOf(path, status)).toBe(level);
  });
});
