import { describe, expect, it } from '@jest/globals';
import { backendOf, queueName, QueueUrlError } from './settings.js';

describe('the queue URL', () => {
  it.each([
    ['postgres://u:p@127.0.0.1:5432/xf', 'postgres'],
    ['postgresql://u:p@127.0.0.1:5432/xf', 'postgres'],
    ['redis://127.0.0.1:6379', 'redis'],
    ['rediss://cache.example:6380/2', 'redis'],
  ])('%s is on %s', (url, backend) => {
    expect(backendOf(url)).toBe(backend);
  });

  it.each(['amqp://u:secret@broker', 'redis:6379', '', '127.0.0.1:6379'])('%j is refused without showing it', (url) => {
    expect(() => backendOf(url)).toThrow(QueueUrlError);
    expect(() => backendOf(url)).toThrow(/must begin with postgres:\/\/ or redis:\/\//);
    expect(() => backendOf(url)).not.toThrow(/secret/);
  });
});

describe('the name of a queue', () => {
  it('holds the host and no colon', () => {
    expect(queueName('rack-7.node_1')).toBe('host.rack-7.node_1');
  });
});
