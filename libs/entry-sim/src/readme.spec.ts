import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import * as library from './index.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const examples = [...readme.matchAll(/^## (?<title>.+)$|```ts\n(?<code>[\s\S]+?)```/gm)].reduce<
  { title: string; code: string }[]
>((all, { groups = {} }) => {
  const title = groups['title'] ?? all.at(-1)?.title ?? '';
  return [...all, { title, code: groups['code'] ?? '' }];
}, []);

/** `expression; // → value` becomes a check of the two; imports come from the context. */
function runnable(code: string): string {
  return code
    .replace(/^import .* from '#entry-sim';$/gm, '')
    .replace(/^(.+); \/\/ → (.+)$/gm, (_, expression: string, value: string) => `check(${expression}, ${value});`);
}

describe('the README’s examples', () => {
  it.each(examples.filter(({ code }) => code !== ''))('give what they say: $title', ({ code }) => {
    let checks = 0;
    const check = (actual: unknown, told: unknown): void => {
      checks++;
      expect(actual).toEqual(told);
    };
    const names = /^import \{ (.+) \} from '#entry-sim';$/m.exec(code)?.[1]?.split(', ') ?? [];
    for (const name of names) expect(library).toHaveProperty(name);
    runInNewContext(runnable(code), { ...library, check });
    expect(checks).toBe(code.split('// →').length - 1);
    expect(checks).toBeGreaterThan(0);
  });
});
