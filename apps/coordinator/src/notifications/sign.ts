import { createHmac, randomBytes } from 'node:crypto';

/** A secret as Standard Webhooks write it (https://www.standardwebhooks.com): 256 random bits. */
export const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

function signature(secret: string, content: string): string {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  return `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
}

/**
 * The headers by which a receiver knows the message and who sent it, of Standard Webhooks.
 *
 * @param atMs when it is sent
 * @param secrets one, or while one is being rotated two: whoever knows either can check
 */
export function signedHeaders(
  messageId: string,
  atMs: number,
  body: string,
  secrets: readonly string[],
): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
  const timestamp = String(Math.floor(atMs / 1_000));
  const content = `${messageId}.${timestamp}.${body}`;
  return {
    ...{ 'webhook-id': messageId, 'webhook-timestamp': timestamp },
    'webhook-signature': secrets.map((secret) => signature(secret, content)).join(' '),
  };
}
