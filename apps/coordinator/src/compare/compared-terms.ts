import { comparedField, parseRunSelector, type Selector } from '#contracts';

const termsOf = (selector: string): Selector => parseRunSelector(selector, 0).terms;

const textOf = (terms: Selector): string =>
  terms
    .map((term) => `${term.op} ${'values' in term ? [...term.values].sort().join() : ''}`)
    .sort()
    .join(';');

/** The fields that two selectors say other things of: what a comparison of them asks about. */
export function comparedTerms(a: string, b: string): Set<string> {
  const [ofA, ofB] = [termsOf(a), termsOf(b)];
  const keys = new Set([...ofA, ...ofB].map(({ key }) => key));
  const of = (terms: Selector, key: string) => textOf(terms.filter((term) => term.key === key));
  return new Set([...keys].filter((key) => of(ofA, key) !== of(ofB, key)));
}

/** Whether a selector names a model of CPU, or hosts: then its hosts may be of several kinds within that. */
export function namesIdentity(selector: string): boolean {
  return termsOf(selector).some(
    ({ key, op }) => op === 'in' && (key === 'host' || (comparedField(key).trait === 'identity' && key !== 'vendor')),
  );
}
