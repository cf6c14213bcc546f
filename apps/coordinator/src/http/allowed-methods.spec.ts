import { describe, expect, it } from '@jest/globals';
import express from 'express';
import { allowedMethods } from './allowed-methods.js';

describe('allowedMethods', () => {
  const app = express();
  const nothing = (): void => undefined;
  app.use(nothing);
  app.get('/v1/jobs', nothing);
  app.post('/v1/jobs', nothing);
  app.get('/v1/jobs/:jobId', nothing);
  app.delete('/v1/keys/:keyId', nothing);
  const allowed = allowedMethods(app);

  it.each([
    ['/v1/jobs', ['GET', 'POST']],
    ['/v1/jobs/', ['GET', 'POST']],
    ['/v1/jobs/17', ['GET']],
    ['/v1/keys/17', ['DELETE']],
    ['/v1/jobs/17/18', []],
    ['/nowhere', []],
  ])('%s takes %j', (path, methods) => expect(allowed(path)).toEqual(methods));
});
