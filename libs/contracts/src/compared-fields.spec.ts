import { describe, expect, it } from '@jest/globals';
import { comparedField, comparedFieldNames, declaredFields } from './compared-fields.js';

describe('the fields of comparisons', () => {
  it('are each declared', () => {
    expect(comparedFieldNames.filter((name) => !declaredFields.includes(name))).toEqual([]);
  });

  it('follow only from fields that there are', () => {
    const known = [...declaredFields, 'mitigation.meltdown', 'mitigation.mds'];
    for (const name of known) {
      for (const root of comparedField(name).follows) expect(known).toContain(root);
      expect(comparedField(name).follows).not.toContain(name);
    }
  });

  it('count as conditions where nothing is known of them', () => {
    expect(comparedField('fact.unheard-of')).toEqual({ trait: 'condition', follows: [] });
    expect(comparedField('constructor').trait).toBe('condition');
  });
});
