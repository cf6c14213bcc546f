// What listens at the end of a route, as well or badly as a test wants it.
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

export interface WebhookReceiver {
  url: string;
  received: Received[];
  /** What it does from now on; 200 at first. `hang`: never answers; `close`: breaks the connection; a function: whatever it does. */
  answers: number | 'hang' | 'close' | ((response: ServerResponse) => void);
  stop(): Promise<void>;
}

export async function webhookReceiver(): Promise<WebhookReceiver> {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => (body += part));
    request.on('end', () => {
      receiver.received.push({ headers: request.headers, body });
      const { answers } = receiver;
      if (answers === 'close') request.socket.destroy();
      else if (typeof answers === 'number') response.writeHead(answers).end('not for anybody');
      else if (answers !== 'hang') answers(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/secret-path`,
    received: [],
    answers: 200,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
}

/** Whether a message is signed with a secret, as a receiver checks it. */
export function isSignedWith(secret: string, received: Received | undefined): boolean {
  if (received === undefined) return false;
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signatures } = received.headers;
  const content = `${String(id)}.${String(at)}.${received.body}`;
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  return String(signatures)
    .split(' ')
    .includes(`v1,${createHmac('sha256', key).update(content).digest('base64')}`);
}
