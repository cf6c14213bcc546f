// What runs in a thread of its own; see judges.ts.
import type { CompareQuery, Comparison } from '#contracts';
import { judge } from './judge.js';
import type { Side } from './side.js';

export interface Case {
  query: CompareQuery;
  a: Side;
  b: Side;
}

export default ({ query, a, b }: Case): Comparison => judge(query, a, b);
