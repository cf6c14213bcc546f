import { describe, expect, it } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { CaptureRoom, readAhead } from './read-ahead.js';

/** A source of chunks of 10 bytes, numbered, that counts what was taken from it and whether it was closed. */
class Source {
  read = 0;
  closed = false;
  readonly left = new AbortController();

  constructor(
    private readonly count: number,
    private readonly failure?: Error,
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (; this.read < this.count;) {
        await turn();
        if (this.left.signal.aborted) return;
        this.read += 1;
        yield Buffer.alloc(10, this.read);
      }
      if (this.failure !== undefined) throw this.failure;
      // Like a program that runs on and prints nothing.
      if (this.count === Infinity) await new Promise((resolve) => this.left.signal.addEventListener('abort', resolve));
    } finally {
      this.closed = true;
    }
  }

  ahead(room: CaptureRoom): AsyncGenerator<Uint8Array> {
    return readAhead(this, room, () => this.left.abort());
  }
}

async function turns(count = 50): Promise<void> {
  for (let i = 0; i < count; i += 1) await turn();
}

async function all(chunks: AsyncIterable<Uint8Array>): Promise<number[]> {
  const numbers: number[] = [];
  for await (const chunk of chunks) numbers.push(chunk[0] ?? 0);
  return numbers;
}

describe('readAhead', () => {
  it('reads on while nothing is taken, and hands all over in order', async () => {
    const source = new Source(20);
    const chunks = source.ahead(new CaptureRoom(1_000));
    await chunks.next();
    await turns();
    expect(source.closed).toBe(true);
    expect(await all(chunks)).toEqual(Array.from({ length: 19 }, (_, i) => i + 2));
  });

  it('stops reading when the room is full, and goes on when some is released', async () => {
    const source = new Source(20);
    const room = new CaptureRoom(50);
    const chunks = source.ahead(room);
    await chunks.next();
    await turns();
    expect(source.read).toBe(5);
    await chunks.next();
    await turns();
    expect(source.read).toBe(6);
    expect(await all(chunks)).toHaveLength(18);
    expect(room.isFull).toBe(false);
  });

  it('lets an attempt that holds nothing read one chunk when others fill the room', async () => {
    const room = new CaptureRoom(50);
    room.hold(50);
    const source = new Source(3);
    expect(await all(source.ahead(room))).toEqual([1, 2, 3]);
  });

  it('hands over what came before a failure, then the failure', async () => {
    const chunks = new Source(2, new Error('broke')).ahead(new CaptureRoom(1_000));
    expect([(await chunks.next()).value, (await chunks.next()).value]).toEqual([Buffer.alloc(10, 1), Buffer.alloc(10, 2)]); // prettier-ignore
    await expect(chunks.next()).rejects.toThrow('broke');
  });

  it.each([
    ['waits for room', 20, 50],
    ['waits for its source', Infinity, 1_000_000],
  ])('ends the source and gives its room back when it is left while it %s', async (_, count, bytes) => {
    const room = new CaptureRoom(bytes);
    const source = new Source(count);
    const chunks = source.ahead(room);
    await chunks.next();
    await turns();
    await chunks.return(undefined);
    expect(source.closed).toBe(true);
    room.hold(bytes - 1);
    expect(room.isFull).toBe(false);
  });
});
