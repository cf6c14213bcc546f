import { heartbeatSchema, workerRegistrationSchema, type Heartbeat, type WorkerRegistration } from '#contracts';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Speaks just enough of the coordinator's HTTP for a worker's tests, and validates what it gets. */
export interface FakeCoordinator {
  url: string;
  registrations: { workerId: string; authorization: string | undefined; body: WorkerRegistration }[];
  heartbeats: Heartbeat[];
  /** Attempts that the next heartbeats are told to stop. */
  stop: { runId: string; attempt: number }[];
  /** Answers for the next requests instead of the usual ones, first come first served. */
  answers: { status: number; body: object }[];
  /** What a registration does beside being noted. */
  onRegister: (workerId: string, body: WorkerRegistration) => Promise<void>;
  /** Resolves when a heartbeat has been answered whose body satisfies the test. */
  heard(test: (heartbeat: Heartbeat) => boolean): Promise<void>;
  close(): Promise<void>;
}

/** What workers get when they register. */
export const intervals = { heartbeatMs: 40, leaseMs: 2_000 };

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

export async function startFakeCoordinator(): Promise<FakeCoordinator> {
  const waiting = new Set<{ test: (heartbeat: Heartbeat) => boolean; resolve: () => void }>();
  const server = createServer((request, response) => {
    void (async () => {
      const body = await bodyOf(request);
      const answer = fake.answers.shift() ?? { status: 200, body: await reply(request, body) };
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
      const heartbeat = fake.heartbeats.at(-1);
      for (const one of waiting) {
        if (heartbeat !== undefined && one.test(heartbeat)) {
          waiting.delete(one);
          one.resolve();
        }
      }
    })();
  });
  async function reply(request: IncomingMessage, body: unknown): Promise<object> {
    const workerId = request.url?.split('/')[3] ?? '';
    if (request.method === 'PUT') {
      const { authorization } = request.headers;
      const registration = workerRegistrationSchema.parse(body);
      fake.registrations.push({ workerId, authorization, body: registration });
      await fake.onRegister(workerId, registration);
      return intervals;
    }
    fake.heartbeats.push(heartbeatSchema.parse(body));
    return { stop: fake.stop };
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const fake: FakeCoordinator = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    registrations: [],
    heartbeats: [],
    stop: [],
    answers: [],
    onRegister: () => Promise.resolve(),
    heard: (test) => new Promise((resolve) => waiting.add({ test, resolve })),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return fake;
}
