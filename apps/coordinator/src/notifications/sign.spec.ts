import { expect, it } from '@jest/globals';
import { newSecret, signedHeaders } from './sign.js';

const [id, body, secret] = [
  'msg_p5jXN8AQM9LWM0D4loKWxJek',
  '{"test": 2432232314}',
  'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
];
const atMs = 1_614_265_330_000;

it('signs as the example of Standard Webhooks’ libraries has it', () => {
  expect(signedHeaders(id, atMs + 999, body, [secret])).toEqual({
    'webhook-id': id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

it('signs with both secrets while one is rotated', () => {
  const signed = signedHeaders(id, atMs, body, [newSecret(), secret])['webhook-signature'];
  expect(signed).toMatch(/^v1,\S{44} v1,g0hM9SsE\+OTPJTGt\/tmIKtSyZlE3uFJELVlNIOLJ1OE=$/);
});

it('draws secrets of 256 bits', () => {
  const secrets = new Set(Array.from({ length: 100 }, newSecret));
  expect(secrets.size).toBe(100);
  for (const one of secrets) expect(one).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
});
