import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { MachineLock } from './machine-lock.js';

const never = new AbortController().signal;

/** Work that ends when told to. */
function held(): { work: () => Promise<void>; begun: Promise<void>; end: () => void } {
  let [begin, end]: (() => void)[] = [];
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const ended = new Promise<void>((resolve) => (end = resolve));
  return { work: () => (begin?.(), ended), begun, end: () => end?.() };
}

describe('the lock of a machine', () => {
  let name: string;
  beforeEach(() => void (name = `\0xf-test-${randomUUID()}`));
  const lock = (holder: string, waitLimitMs = 30_000): MachineLock => new MachineLock({ holder, name, waitLimitMs });

  it('is held by one at a time, and passed on', async () => {
    const order: string[] = [];
    const first = held();
    const one = lock('one').during(never, first.work);
    await first.begun;
    const others = ['two', 'three'].map((who) =>
      lock(who).during(never, async () => {
        order.push(`${who} begins`);
        await new Promise((resolve) => setImmediate(resolve));
        order.push(`${who} ends`);
      }),
    );
    order.push('one ends');
    first.end();
    await Promise.all([one, ...others]);
    const [, two = '', , three = ''] = order;
    expect(order).toEqual(['one ends', two, two.replace('begins', 'ends'), three, three.replace('begins', 'ends')]);
  });

  it('is passed on when the work failed', async () => {
    await expect(lock('one').during(never, () => Promise.reject(new Error('no luck')))).rejects.toThrow('no luck');
    expect(await lock('two').during(never, () => Promise.resolve('done'))).toBe('done');
  });

  it('names the holder when the wait was too long', async () => {
    const first = held();
    const one = lock('worker w1, pid 17').during(never, first.work);
    await first.begun;
    await expect(lock('two', 60).during(never, () => Promise.resolve())).rejects.toMatchObject({
      failure: { code: 'machine-busy', message: expect.stringContaining('worker w1, pid 17') as unknown },
    });
    first.end();
    await one;
  });

  it('is not waited for any longer when the attempt is stopped', async () => {
    const first = held();
    const one = lock('one').during(never, first.work);
    await first.begun;
    const stop = new AbortController();
    const two = lock('two').during(stop.signal, () => Promise.resolve());
    stop.abort(new Error('stopped'));
    await expect(two).rejects.toThrow('stopped');
    first.end();
    await one;
  });

  it('survives visitors that send what they like and go', async () => {
    const first = held();
    const one = lock('one').during(never, first.work);
    await first.begun;
    const visitor = connect(name, () => visitor.end('\0\xff garbage '.repeat(10_000)));
    visitor.resume();
    await once(visitor, 'close');
    first.end();
    await one;
    expect(await lock('two').during(never, () => Promise.resolve('done'))).toBe('done');
  });

  describe('held by another process', () => {
    const children: ReturnType<typeof spawn>[] = [];
    afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));

    it('is free when that is killed', async () => {
      const script = `require('net').createServer().listen(${JSON.stringify(name)}, () => console.log('held'))`;
      const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
      children.push(child);
      await once(child.stdout, 'data');
      await expect(lock('two', 50).during(never, () => Promise.resolve())).rejects.toMatchObject({
        failure: { code: 'machine-busy' },
      });
      const three = lock('three').during(never, () => Promise.resolve('done'));
      child.kill('SIGKILL');
      expect(await three).toBe('done');
    });
  });
});
