import { bothSelectors, type CompareCellsQuery, type ComparisonCell, type ComparisonCells, repeatOf } from '#contracts';
import { benjaminiHochberg, holm, twoSidedBeyondMargin } from '#stats';
import { count } from '#wording';
import { estimateIn, resolutionsOf } from './effects.js';
import { asOf, judge } from './judge.js';
import { comparedSides } from './compared.js';
import type { Replicate, Side } from './side.js';

type Values = Record<string, string | null>;

function valueIn(run: Replicate, field: string): string | null {
  if (field === 'host') return run.hostId;
  if (field === 'job') return run.jobId ?? null;
  if (field === 'provenance') return run.provenance;
  return run.facts[field] ?? run.labels?.[field] ?? null;
}

/** A side's runs by the values that they have in some fields. */
function cellsOf({ runs }: Side, by: readonly string[]): Map<string, { values: Values; runs: Replicate[] }> {
  const cells = new Map<string, { values: Values; runs: Replicate[] }>();
  for (const run of runs) {
    const values = by.map((field) => valueIn(run, field));
    const key = JSON.stringify(values);
    const cell = cells.get(key) ?? {
      values: Object.fromEntries(by.map((field, i) => [field, values[i] ?? null])),
      runs: [],
    };
    cell.runs.push(run);
    cells.set(key, cell);
  }
  return cells;
}

/** A selector narrowed to a cell. */
function within(selector: string, values: Values): string {
  const terms = Object.entries(values).map(([field, value]) => (value === null ? `!${field}` : `${field}=${value}`));
  return bothSelectors(terms.join(','), selector);
}

/** The chance of a change beyond the margin as large as this by luck alone; null where there is no interval. */
function pValueOf(
  query: CompareCellsQuery,
  a: Side,
  b: Side,
  control: Side | null,
  { unit, interval }: ComparisonCell['comparison'],
): number | null {
  if (unit === null || interval === null) return null;
  const sides = comparedSides(a, b, query.metric, control);
  return twoSidedBeyondMargin(estimateIn(unit, sides, query.confidence), query, resolutionsOf(sides));
}

/**
 * One comparison for each combination of values that both sides have, in the order of the values. Slower and faster are called so
 * only where that holds with all the other cells in view (Holm). Pure.
 */
export function compareCells(query: CompareCellsQuery, a: Side, b: Side, control: Side | null = null): ComparisonCells {
  const { by, ...asked } = query;
  const [ofA, ofB] = [cellsOf(a, by), cellsOf(b, by)];
  const keys = [...ofA.keys()].filter((key) => ofB.has(key)).sort();
  const judged = keys.map((key) => {
    const values = ofA.get(key)?.values ?? {};
    const cellOf = (side: Side, cells: typeof ofA): Side => ({
      ...side,
      selector: within(side.selector, values),
      namesHosts: side.namesHosts || by.includes('host'),
      runs: cells.get(key)?.runs ?? [],
      copies: 0,
    });
    const [sideA, sideB] = [cellOf(a, ofA), cellOf(b, ofB)];
    const cell = { ...asked, a: sideA.selector, b: sideB.selector };
    const comparison = judge(cell, sideA, sideB, control);
    return { values, comparison, pValue: pValueOf(query, sideA, sideB, control, comparison) };
  });
  const tested = judged.flatMap(({ pValue }) => pValue ?? []);
  const [adjusted, shares] = [holm(tested)[Symbol.iterator](), benjaminiHochberg(tested)[Symbol.iterator]()];
  const cells = judged.map(({ values, comparison, pValue }): ComparisonCell => {
    const [pAdjusted, qValue] =
      pValue === null ? [null, null] : [adjusted.next().value ?? null, shares.next().value ?? null];
    const claims = comparison.verdict === 'slower' || comparison.verdict === 'faster';
    const holds = !claims || (pAdjusted !== null && pAdjusted <= 1 - query.confidence);
    return { values, comparison, pValue, pAdjusted, qValue, verdict: holds ? comparison.verdict : 'inconclusive' };
  });
  const alone = (side: 'a' | 'b', own: typeof ofA, other: typeof ofA) =>
    [...own].filter(([key]) => !other.has(key)).map(([, { values, runs }]) => ({ values, side, runs: runs.length }));
  return {
    ...{ by, cells, unmatched: [...alone('a', ofA, ofB), ...alone('b', ofB, ofA)] },
    warnings: warningsOf(a, b, cells.length),
    repeat: repeatOf(query, asOf(a, b)),
  };
}

function warningsOf(a: Side, b: Side, cells: number): string[] {
  return [
    ...[a, b].flatMap(({ notYet }) => (notYet === undefined ? [] : [`${notYet.reason}: ${notYet.remedy}`])),
    ...[a, b]
      .filter(({ cut }) => cut)
      .map(
        ({ selector, runs, copies }) =>
          `"${selector}" matches more runs; only the newest ${count(runs.length + copies)} are compared`,
      ),
    ...[a, b]
      .filter(({ copies }) => copies > 0)
      .map(({ selector, copies }) => `${copies} runs of "${selector}" were left out as copies of others`),
    ...(cells > 0 || a.notYet !== undefined || b.notYet !== undefined
      ? []
      : ['the sides have no combination of these values in common: compare by fewer fields']),
  ];
}
