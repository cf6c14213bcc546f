import { describe, expect, it } from '@jest/globals';
import { EnvironmentError, isLoopback, readSettings } from './environment.js';

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

  it('refuses a lease that a heartbeat could miss', () => {
    expect(errorOf({ ...enough, LEASE_MS: '1000', HEARTBEAT_MS: '900' })).toMatch(/LEASE_MS must be at least twice/);
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

describe('isLoopback', () => {
  it.each(['127.0.0.1', '127.8.9.1', '::1', 'localhost'])('%s is', (host) => expect(isLoopback(host)).toBe(true));
  it.each(['0.0.0.0', '::', '10.0.0.1', 'example.org', '127.0.0.1.example.org'])('%s is not', (host) =>
    expect(isLoopback(host)).toBe(false),
  );
});
