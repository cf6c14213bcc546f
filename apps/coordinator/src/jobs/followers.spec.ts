import { describe, expect, it } from '@jest/globals';
import { Followers } from './followers.js';

describe('Followers', () => {
  /** A stream that is open until it is aborted. */
  function opened(followers: Followers, keyId: string): AbortController {
    const stream = new AbortController();
    followers.enter(keyId, stream.signal);
    return stream;
  }

  it('refuses a key more streams than it may have, not the others', () => {
    const followers = new Followers({ ofKey: 2, inAll: 10 });
    const first = opened(followers, 'a');
    opened(followers, 'a');
    expect(() => opened(followers, 'a')).toThrow(expect.objectContaining({ status: 429 }));
    opened(followers, 'b');
    first.abort();
    opened(followers, 'a');
    expect(() => opened(followers, 'a')).toThrow('this key has 2 progress streams open');
  });

  it('refuses everybody when all are taken, and counts what was refused for nothing', () => {
    const followers = new Followers({ ofKey: 2, inAll: 2 });
    const first = opened(followers, 'a');
    opened(followers, 'b');
    for (let i = 0; i < 3; i += 1)
      expect(() => opened(followers, 'c')).toThrow(
        expect.objectContaining({ status: 503, headers: { 'Retry-After': '30' } }),
      );
    first.abort();
    opened(followers, 'c');
  });

  it('does not count a stream whose client has gone already', () => {
    const followers = new Followers({ ofKey: 1, inAll: 1 });
    followers.enter('a', AbortSignal.abort());
    opened(followers, 'a');
  });
});
