import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

// Each of them starts a process.
jest.setTimeout(120_000);

const options = { cwd: process.cwd(), env: { PATH: process.env['PATH'] } };

describe('./xf, as it is in a clone', () => {
  it('runs from any folder and says its release', async () => {
    const child = spawn(`${process.cwd()}/xf`, ['--version'], { ...options, cwd: '/' });
    const [said] = await Promise.all([text(child.stdout), once(child, 'close')]);
    expect(said).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('ends quietly when nobody reads on: xf --help | head', async () => {
    const child = spawn('./xf', ['--help'], options);
    child.stdout.destroy();
    const [complaint] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect({ code: child.exitCode, complaint }).toEqual({ code: 0, complaint: '' });
  });

  describe('with a coordinator', () => {
    let server: Server;
    let answer: RequestListener;
    let env: NodeJS.ProcessEnv;
    beforeAll(async () => {
      server = createServer((request, reply) => answer(request, reply));
      await once(server.listen(0, '127.0.0.1'), 'listening');
      env = { ...options.env, XF_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, XF_KEY: 'k' };
    });
    afterAll(() => {
      server.closeAllConnections();
      server.close();
    });

    it('asks for no more pages when nobody reads on: xf runs --all | head', async () => {
      const id = '0192f0c1-2345-7abc-8def-0123456789ab';
      const run = {
        ...{ runId: id, jobId: id, hostId: 'h1', executor: 'simulator', probe: 'pf', replicate: 0, guest: null },
        ...{ state: 'planned', attempt: 0, provenance: null, labels: null, bootStateHash: null, noise: null },
        ...{ queuedAt: null, startedAt: null, endedAt: null, faults: 1, samples: 0, lost: 0, rejected: 0 },
        ...{ damagedLines: 0, overheadCycles: null, failure: null, parserVersion: null, results: [] },
      };
      const page = JSON.stringify({ items: Array.from({ length: 200 }, () => run), nextCursor: 'more' });
      answer = (_, reply) => void reply.writeHead(200, { 'content-type': 'application/json' }).end(page);
      const child = spawn('./xf', ['runs', '--all', '-o', 'csv'], { ...options, env });
      const ended = Promise.all([text(child.stderr), once(child, 'close')]);
      await once(child.stdout, 'data');
      child.stdout.destroy();
      const [complaint] = await ended;
      expect({ code: child.exitCode, complaint }).toEqual({ code: 0, complaint: '' });
    });

    it('ends with Ctrl-C at once and without a word, while it waits for an answer', async () => {
      const asked = new Promise<void>((told) => (answer = () => told()));
      const child = spawn('./xf', ['jobs'], { ...options, env });
      const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
      await asked;
      child.kill('SIGINT');
      const [out, err] = await ended;
      expect({ signal: child.signalCode, out, err }).toEqual({ signal: 'SIGINT', out: '', err: '' });
    });
  });
});
