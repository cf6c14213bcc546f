import { describe, expect, it } from '@jest/globals';
import { BoundedWriter, type Sink } from './bounded-writer.js';
import { eventually } from '../../../test/eventually.js';

/** A disk with so much room. */
class Disk implements Sink {
  text = '';
  constructor(public room: number) {}

  write(bytes: Uint8Array, done: (error: Error | null, written: number) => void): void {
    const part = bytes.subarray(0, this.room);
    this.room -= part.length;
    this.text += Buffer.from(part).toString();
    const error = part.length === 0 ? new Error('ENOSPC') : null;
    setImmediate(() => done(error, part.length));
  }

  writeSync(bytes: Uint8Array): void {
    if (this.room < bytes.length) throw new Error('ENOSPC');
    this.text += Buffer.from(bytes).toString();
  }
}

describe('BoundedWriter', () => {
  const limits = { waitingBytes: 30, retryMs: 1 };

  it('keeps order and loses nothing while there is room', async () => {
    const disk = new Disk(1_000);
    const writer = new BoundedWriter(disk, { ...limits, waitingBytes: 1_000 });
    const lines = Array.from({ length: 50 }, (_, i) => `line ${i}\n`);
    for (const line of lines) writer.write(line);
    await eventually('all lines', () => disk.text === lines.join(''));
  });

  it('keeps what fits, drops and counts the rest, and says so when there is room', async () => {
    const disk = new Disk(5); // the first line does not fit whole
    const writer = new BoundedWriter(disk, limits);
    writer.onRoom = (lines) => writer.write(`dropped ${lines}\n`);
    writer.write('first 789\n');
    await eventually('the first line', () => disk.text === 'first');
    for (let i = 0; i < 9; i += 1) writer.write(`line ${i} 89\n`);
    disk.room = Infinity;
    await eventually('the note', () => disk.text.includes('dropped'));
    expect(disk.text).toMatch(/^first 789\nline 0 89\nline 1 89\n(dropped 7\n)$/);
    writer.write('after\n');
    await eventually('the line after the note', () => disk.text.endsWith('dropped 7\nafter\n'));
  });

  it('writes at exit what waits, and later lines at once', () => {
    const disk = new Disk(1_000);
    const writer = new BoundedWriter(disk, { ...limits, waitingBytes: 1_000 });
    writer.write('taken by the write under way\n');
    writer.write('w\n');
    writer.exit();
    writer.write('x\n');
    expect(disk.text).toBe('taken by the write under way\nw\nx\n');
  });

  it('does not mind a disk that is full at exit', () => {
    const writer = new BoundedWriter(new Disk(0), limits);
    writer.write('one\n');
    writer.write('two\n');
    expect(() => writer.exit()).not.toThrow();
  });
});
