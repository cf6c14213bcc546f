import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { truthTable } from './testing/cases.js';

it('docs/alert-cases.md is the truth table of what is tested (else: npm run alerts:table)', () => {
  expect(readFileSync(new URL('../../docs/alert-cases.md', import.meta.url), 'utf8')).toBe(truthTable());
});
