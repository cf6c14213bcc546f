import { describe, expect, it } from '@jest/globals';
import { preparedName } from './prepared.js';

describe('a statement', () => {
  it('of every run has a name, the same for the same text', () => {
    const append = 'SELECT worker_append($1, $2, $3::integer, $4::jsonb) AS version';
    expect(preparedName(append)).toMatch(/^xf_[0-9a-f]{32}$/);
    expect(preparedName(append)).toBe(preparedName(append));
    expect(preparedName('SELECT a FROM events WHERE stream = $1 AND version >= $2')).not.toBe(preparedName(append));
  });

  it('of another kind has none, nor has one of too many forms', () => {
    expect(preparedName('SELECT * FROM runs WHERE run_id = ANY($1)')).toBeUndefined();
    const forms = Array.from({ length: 100 }, (_, batches) => preparedName(`SELECT append_events($${batches})`));
    expect(forms.filter((name) => name !== undefined).length).toBeLessThanOrEqual(50);
    expect(forms[0]).toBeDefined();
    expect(forms.at(-1)).toBeUndefined();
  });
});
