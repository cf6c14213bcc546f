import { describe, expect, it } from '@jest/globals';
import { wordsOf } from './log-file.js';

describe('wordsOf', () => {
  it.each([
    ['{"level":50,"time":1,"msg":"no","err":{"message":"why"}}', 'error: no: why'],
    ['{"level":40,"error":"why"}', 'warn: why'],
    ['{"level":30,"msg":"up","error":{"message":"none"}}', 'info: up: none'],
    ['PORT: 3000 is taken', 'PORT: 3000 is taken'],
    ['{"level":30,"msg":"cut o', '{"level":30,"msg":"cut o'],
    ['{"other":"json"}', '{"other":"json"}'],
  ])('%s', (line, words) => {
    expect(wordsOf(line)).toBe(words);
  });
});
