import { describe, expect, it, jest } from '@jest/globals';
import { SharedAnswer } from './shared-answer.js';

describe('a shared answer', () => {
  it('is read once for all who ask within its time', async () => {
    const read = jest.fn(() => Promise.resolve({}));
    const shared = new SharedAnswer(60_000, read);
    expect(await shared.get()).toBe(await shared.get());
    expect(read).toHaveBeenCalledTimes(1);
  });

  it('is read again when its time is over', async () => {
    const read = jest.fn(() => Promise.resolve({}));
    const shared = new SharedAnswer(0, read);
    expect(await shared.get()).not.toBe(await shared.get());
  });

  it('that failed is read again', async () => {
    const read = jest.fn<() => Promise<string>>().mockRejectedValueOnce(new Error('down')).mockResolvedValueOnce('up');
    const shared = new SharedAnswer(60_000, read);
    await expect(shared.get()).rejects.toThrow('down');
    expect(await shared.get()).toBe('up');
  });
});
