import { describe, expect, it } from '@jest/globals';
import type { CaptureCommand } from '#capture';
import { CaptureRoom } from '../capture/read-ahead.js';
import { CommitsBehind } from './commits-behind.js';

const command = (batch: number): CaptureCommand =>
  ({ command: { type: 'record', attempt: 1, data: { batch } } }) as unknown as CaptureCommand;
const numberOf = ({ command }: CaptureCommand): number =>
  (command as unknown as { data: { batch: number } }).data.batch;

/** A store whose commits end when the test says so. */
class Store {
  readonly commits: number[][] = [];
  readonly room = new CaptureRoom(100);
  failures = 0;
  private ends: { resolve: () => void; reject: (error: Error) => void }[] = [];
  readonly behind = new CommitsBehind(
    (commands) => {
      this.commits.push(commands.map(numberOf));
      return new Promise((resolve, reject) => this.ends.push({ resolve, reject }));
    },
    this.room,
    () => (this.failures += 1),
  );

  handOver(batch: number, rawBytes = 10): Promise<void> {
    return this.behind.handOver(Promise.resolve([command(batch)]), rawBytes);
  }

  /** Ends the commit under way. */
  async end(error?: Error): Promise<void> {
    const end = this.ends.shift();
    if (error === undefined) end?.resolve();
    else end?.reject(error);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('CommitsBehind', () => {
  it('lets the log be read on during a commit, and commits together, in order, what came meanwhile', async () => {
    const store = new Store();
    for (const batch of [1, 2, 3]) await store.handOver(batch);
    expect(store.commits).toEqual([[1]]);
    await store.end();
    expect(store.commits).toEqual([[1], [2, 3]]);
    await store.handOver(4);
    const ending = store.behind.end();
    await store.end();
    expect((await ending).map(numberOf)).toEqual([4]);
    expect(store.commits).toHaveLength(2);
  });

  it('keeps the order however long packing takes', async () => {
    const store = new Store();
    let packed = (_: CaptureCommand[]): void => undefined;
    await store.behind.handOver(new Promise((resolve) => (packed = resolve)), 10);
    await store.handOver(2);
    expect(store.commits).toEqual([]);
    packed([command(1)]);
    await store.end();
    expect(store.commits).toEqual([[1]]);
    await store.end();
    expect(store.commits).toEqual([[1], [2]]);
  });

  it('takes no more than it may hold: who hands over waits for the commit under way', async () => {
    const store = new Store();
    for (let batch = 1; batch <= 8; batch += 1) await store.handOver(batch);
    let taken = false;
    const ninth = store.handOver(9).then(() => (taken = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(taken).toBe(false);
    await store.end();
    await ninth;
    expect(store.commits).toEqual([[1], [2, 3, 4, 5, 6, 7, 8, 9]]);
  });

  it('holds the room of what is not stored', async () => {
    const store = new Store();
    await store.handOver(1, 60);
    await store.handOver(2, 60);
    expect(store.room.isFull).toBe(true);
    await store.end();
    expect(store.room.isFull).toBe(false);
    await store.end();
    await store.behind.leave();
    store.room.hold(99);
    expect(store.room.isFull).toBe(false);
  });

  it('commits nothing behind a commit that failed, tells of it at once and whoever goes on', async () => {
    const store = new Store();
    const failure = new Error('superseded');
    await store.handOver(1);
    await store.handOver(2);
    await store.end(failure);
    expect(store.failures).toBe(1);
    await expect(store.handOver(3)).rejects.toBe(failure);
    await expect(store.behind.end()).rejects.toBe(failure);
    expect(store.commits).toEqual([[1]]);
    store.room.hold(99);
    expect(store.room.isFull).toBe(false);
  });

  it('passes on that packing failed', async () => {
    const store = new Store();
    const failure = new Error('no memory');
    await store.behind.handOver(Promise.reject(failure), 10).catch(() => undefined);
    await expect(store.behind.end()).rejects.toBe(failure);
    expect(store.commits).toEqual([]);
  });
});
