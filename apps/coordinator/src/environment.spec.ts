import { describe, expect, it } from '@jest/globals';
import { EnvironmentError, readSettings } from './environment.js';

const enough = { DATABASE_URL: 'postgres://u:hunter2@127.0.0.1/db' };
const errorOf = (environment: Record<string, string>): string => {
  try {
    readSettings(environment);
  } catch (error) {
    if (error instanceof EnvironmentError) return error.message;
    throw error;
  }
  return 'accepted';
};

describe('readSettings', () => {
  it('needs DATABASE_URL only, and queues on it by default', () => {
    expect(readSettings(enough)).toMatchObject({
      queueUrl: enough.DATABASE_URL,
      host: '127.0.0.1',
      port: 3000,
      leaseMs: 30_000,
    });
  });

  it('names every wrong variable with its remedy', () => {
    const message = errorOf({ PORT: '70000', QUEUE_URL: 'amqp://x', LOG_LEVEL: 'loud' });
    expect(message).toMatch(/^DATABASE_URL is not set; set it, for example postgres:/m);
    expect(message).toMatch(/^PORT must be at most 65535$/m);
    expect(message).toMatch(/^QUEUE_URL is not a postgres: or .* or leave it out/m);
    expect(message).toMatch(/^LOG_LEVEL /m);
  });

  it('treats an empty variable as not set', () => {
    expect(readSettings({ ...enough, PORT: '', XF_LOCAL_KEY: '' })).toMatchObject({ port: 3000, localKey: null });
  });

  it('does not repeat a secret in its error', () => {
    expect(errorOf({ DATABASE_URL: 'mysql://u:hunter2@127.0.0.1/db', XF_LOCAL_KEY: 'hunter2' })).not.toContain(
      'hunter2',
    );
  });

  it('believes no proxy unless it is named, by its address or network', () => {
    expect(readSettings(enough).trustedProxies).toEqual([]);
    const named = { ...enough, XF_TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8,::1' };
    expect(readSettings(named).trustedProxies).toEqual(['127.0.0.1', '10.0.0.0/8', '::1']);
    for (const wrong of ['balancer', '10.0.0.0/33', '1.2.3', '127.0.0.1,', '::1/8/8', 'true'])
      expect(errorOf({ ...enough, XF_TRUSTED_PROXIES: wrong })).toContain(
        'XF_TRUSTED_PROXIES must be addresses or networks',
      );
  });

  it('refuses a lease that a heartbeat could miss', () => {
    expect(errorOf({ ...enough, LEASE_MS: '1000', HEARTBEAT_MS: '900' })).toMatch(/LEASE_MS must be at least twice/);
  });
});

describe('what goes over a network', () => {
  const there = 'postgres://u:hunter2@db.example/db';

  it('is checked: a database elsewhere is spoken to by TLS unless it is named as one that need not', () => {
    expect(readSettings({ DATABASE_URL: there }).databaseUrl).toBe(`${there}?sslmode=verify-full`);
    expect(readSettings({ DATABASE_URL: there, XF_PLAIN_HOSTS: 'db.example' }).databaseUrl).toBe(there);
  });

  it.each([
    [{ DATABASE_URL: `${there}?sslmode=disable` }, /^DATABASE_URL has sslmode=disable for db.example/],
    [{ ...enough, QUEUE_URL: 'redis://queue.example' }, /^QUEUE_URL would send its password to queue.example/],
    [{ ...enough, XF_WORKER_QUEUE_URL: 'redis://queue.example' }, /^XF_WORKER_QUEUE_URL would send/],
    [{ ...enough, XF_PUBLIC_URL: 'http://fleet.example' }, /^XF_PUBLIC_URL would send a secret to fleet.example/],
    [{ ...enough, HOST: '0.0.0.0' }, /^HOST: keys would travel to 0.0.0.0 in the clear; set XF_TLS_CERT_FILE and/],
    [{ ...enough, XF_TLS_CERT_FILE: '/c.pem' }, /^XF_TLS_CERT_FILE and XF_TLS_KEY_FILE belong together/],
    [{ ...enough, XF_CA_FILE: '/nowhere' }, /^XF_CA_FILE names a file that can't be read/],
  ])('is refused in the clear: %j', (environment, says) => {
    expect(errorOf(environment)).toMatch(says);
    expect(errorOf(environment)).not.toContain('hunter2');
  });

  it('may be listened to in the clear behind a proxy, and elsewhere by a certificate', () => {
    expect(readSettings({ ...enough, HOST: '0.0.0.0', XF_PLAIN_HOSTS: '0.0.0.0' }).tls).toBeNull();
    const files = { XF_TLS_CERT_FILE: '/c.pem', XF_TLS_KEY_FILE: '/k.pem' };
    expect(readSettings({ ...enough, HOST: '0.0.0.0', ...files }).tls).toEqual({
      certFile: '/c.pem',
      keyFile: '/k.pem',
    });
  });

  it('goes past a pooler where it needs a session', () => {
    const pooled = { DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:6432/db?pgbouncer=true' };
    expect(errorOf(pooled)).toMatch(/^DIRECT_DATABASE_URL is not set; DATABASE_URL leads through a pooler/);
    const direct = { ...pooled, DIRECT_DATABASE_URL: enough.DATABASE_URL };
    const { DATABASE_URL: url } = enough;
    expect(readSettings(direct)).toMatchObject({
      databaseUrl: pooled.DATABASE_URL,
      directDatabaseUrl: url,
      queueUrl: url,
    });
    expect(errorOf({ ...direct, QUEUE_URL: pooled.DATABASE_URL })).toMatch(/^QUEUE_URL leads through a pooler/);
  });
});

describe('REGRESSION_LOOK_EVERY_MIN', () => {
  const every = (text: string) => readSettings({ ...enough, REGRESSION_LOOK_EVERY_MIN: text }).lookEveryMs;

  it('is a day unless it is said, and may be off', () => {
    expect([every(''), every('60'), every('off')]).toEqual([86_400_000, 3_600_000, null]);
  });

  it.each(['9', '10081', '1.5', 'daily'])('refuses %s', (text) => {
    expect(errorOf({ ...enough, REGRESSION_LOOK_EVERY_MIN: text })).toMatch(
      /^REGRESSION_LOOK_EVERY_MIN must be .*, or off$/,
    );
  });
});
