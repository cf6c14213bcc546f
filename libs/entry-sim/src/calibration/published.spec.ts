import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { publishedFigures } from './published.js';

interface Facts {
  instructionCosts: Record<string, unknown> & { columns: string[] };
  paths: { what: string; tscCycles?: number | number[]; cycles?: number | number[]; us?: number; ns?: number[] }[];
}
const facts = JSON.parse(readFileSync(new URL('../../facts/crossing-costs.json', import.meta.url), 'utf8')) as Facts;

/** Figures that our copy has beyond the collection, or makes from two of its figures. */
const ours = ['vm-over-bare', 'page-fault', 'iret', 'kpti-delta'];

describe('the published figures', () => {
  it('are those of facts/crossing-costs.json, none left out and none changed', () => {
    const collected = facts.paths.flatMap(({ tscCycles, cycles, us, ns }) =>
      [tscCycles, cycles, us === undefined ? undefined : us * 1_000, ns].flat().filter((value) => value !== undefined),
    );
    const copied = publishedFigures.filter(({ id }) => !id.includes(':') && !ours.includes(id));
    expect(copied.map(({ value }) => value).sort()).toEqual(collected.sort());
  });

  it('hold every instruction of its tables', () => {
    const { columns } = facts.instructionCosts;
    const collected = Object.entries(facts.instructionCosts).flatMap(([core, row]) =>
      core === 'columns' || !Array.isArray(row)
        ? []
        : columns.flatMap((name, index) => (row[index] === null ? [] : [`${name}:${core} ${String(row[index])}`])),
    );
    const copied = publishedFigures.filter(({ id }) => id.includes(':')).map(({ id, value }) => `${id} ${value}`);
    expect(copied.sort()).toEqual(collected.sort());
  });
});
