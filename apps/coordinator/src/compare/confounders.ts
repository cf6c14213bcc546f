import type { FieldDifference, FieldMixture, Refusal, Standing } from '#contracts';
import { counted, listed } from '#wording';
import { comparedTerms, namesIdentity } from './compared-terms.js';
import { type FieldTally, fieldTallies } from './field-tallies.js';
import type { ScopedSides } from './scope.js';

type Name = 'a' | 'b';

/** What was asked, as far as it says in which fields the sides may differ and be mixed. */
export interface Knowingly {
  selectors: Readonly<Record<Name, string>>;
  pool: readonly string[];
  allow: readonly string[];
  /** Which of a side's runs are compared, where not all are. */
  parts?: Readonly<Record<Name, string>>;
}

export interface Confounders {
  differences: FieldDifference[];
  mixtures: FieldMixture[];
  refusals: Refusal[];
}

/** Values that are shown and named. */
const [shown, namedInRefusals] = [8, 3];

const viewOf = (values: ReadonlyMap<string | null, number>): FieldDifference['a'] =>
  [...values].slice(0, shown).map(([value, runs]) => ({ value, runs }));

const valueText = (value: string | null): string => (value === null ? 'not known' : value === '' ? 'nothing' : value);

function valuesText(values: ReadonlyMap<string | null, number>): string {
  const names = [...values.keys()].slice(0, namedInRefusals).map(valueText);
  return listed(values.size > namedInRefusals ? [...names, `${values.size - namedInRefusals} more`] : names);
}

const identities = (tallies: readonly FieldTally[]): FieldTally[] =>
  tallies.filter(({ trait }) => trait === 'identity');

/** Of several fields that tell one CPU model from another the first here is the one that is named. */
const tellingOrder = ['generation', 'cpu-name', 'cpuid'];

function mostTelling(tallies: readonly FieldTally[]): string | undefined {
  const names = identities(tallies).map(({ name }) => name);
  return tellingOrder.find((name) => names.includes(name)) ?? names[0];
}

/** Why the sides may differ in a field, or that nothing says so. */
function differenceStanding(field: FieldTally, differing: readonly FieldTally[], asked: Asked): Standing {
  const { name, trait, follows, own } = field;
  if (asked.compared.has(name)) return 'compared';
  if (asked.allow.has(name)) return 'allowed';
  if (trait === 'incidental') return 'incidental';
  if (!own.differs || follows.some((root) => differing.some((one) => one.name === root))) return 'implied';
  if (trait === 'identity') {
    const accepted = (one: string): boolean => asked.compared.has(one) || asked.allow.has(one);
    if (accepted('host') || identities(differing).some((one) => accepted(one.name))) return 'implied';
    if (mostTelling(differing) !== name) return 'implied';
  }
  return asked.pool.has(name) && overlaps(field) ? 'allowed' : 'refused';
}

/** Whether some value is on both sides: then the sides differ only because one is mixed. */
const overlaps = ({ values, seen }: FieldTally): boolean =>
  (seen.mixed.a || seen.mixed.b) && [...values.a.keys()].some((value) => values.b.has(value));

function mixtureStanding(side: Name, field: FieldTally, mixed: readonly FieldTally[], asked: Asked): Standing {
  const { name, trait, follows, own } = field;
  if (name === 'executor') return 'refused';
  if (asked.pool.has(name)) return 'pooled';
  if (trait === 'incidental') return 'incidental';
  if (!own.mixed[side] || follows.some((root) => mixed.some((one) => one.name === root))) return 'implied';
  if (trait === 'identity') {
    const pooled = asked.pool.has('host') || identities(mixed).some((one) => asked.pool.has(one.name));
    if (asked.namesIdentity[side] || pooled || mostTelling(mixed) !== name) return 'implied';
  }
  return 'refused';
}

interface Asked {
  compared: ReadonlySet<string>;
  pool: ReadonlySet<string>;
  allow: ReadonlySet<string>;
  namesIdentity: Readonly<Record<Name, boolean>>;
}

function differs({ name, values }: FieldTally): Refusal {
  const [a, b] = [valuesText(values.a), valuesText(values.b)];
  return {
    ...{ kind: name === 'executor' ? 'executor' : 'differs', side: null, field: name },
    reason: `a and b differ in ${name} (${a} against ${b}), which is not what is compared`,
    remedy: `choose runs alike in ${name}, compare value by value (--by ${name}), or say that it may differ (--allow ${name})`,
  };
}

function mixes(side: Name, selector: string, part: string, { name, values }: FieldTally): Refusal {
  const states = [...values[side]].slice(0, namedInRefusals);
  const term = (value: string | null): string => (value === null ? `${name} not known` : `${name}=${value}`);
  const parts = states.map(([value, many]) => `${counted(many, 'run')} with ${term(value)}`);
  const rest = values[side].size - states.length;
  const all = rest > 0 ? [...parts, rest === 1 ? 'another value' : `${rest} other values`] : parts;
  const terms = states.map(([value]) => (value === null ? `!${name}` : `${name}=${value}`));
  const choose = `add ${terms.join(' or ')} to ${side}`;
  return {
    ...{ kind: name === 'executor' ? 'executor' : 'mixed', side, field: name },
    reason: `${side}, "${selector}", mixes ${listed(all)}${part}, so that its median would be one that no host has`,
    remedy:
      name === 'executor'
        ? `${choose}: figures of several executors are never pooled`
        : `${choose}, compare value by value (--by ${name}), or say that it may be mixed (--pool ${name})`,
  };
}

/**
 * In what two sides differ, in what each is mixed, and which of that stands in the way of an answer: everything that may change what
 * a crossing costs, is not what is compared, does not follow from that, and was not allowed by name. Pure.
 */
export function confoundersOf(sides: ScopedSides, { selectors, pool, allow, parts }: Knowingly): Confounders {
  const asked: Asked = {
    compared: comparedTerms(selectors.a, selectors.b),
    ...{ pool: new Set(pool), allow: new Set(allow) },
    namesIdentity: { a: namesIdentity(selectors.a), b: namesIdentity(selectors.b) },
  };
  const tallies = fieldTallies(sides);
  const differing = tallies.filter(({ seen }) => seen.differs);
  const differences = differing.map((field) => ({ field, standing: differenceStanding(field, differing, asked) }));
  const mixtures = (['a', 'b'] as const).flatMap((side) => {
    const mixed = tallies.filter(({ seen }) => seen.mixed[side]);
    return mixed.map((field) => ({ side, field, standing: mixtureStanding(side, field, mixed, asked) }));
  });
  return {
    differences: differences.map(({ field: { name, values }, standing }) => ({
      ...{ field: name, standing, a: viewOf(values.a), b: viewOf(values.b) },
    })),
    mixtures: mixtures.map(({ side, field: { name, values }, standing }) => ({
      ...{ field: name, side, standing, values: viewOf(values[side]) },
    })),
    refusals: [
      ...mixtures.flatMap(({ side, field, standing }) =>
        standing === 'refused' ? [mixes(side, selectors[side], parts?.[side] ?? '', field)] : [],
      ),
      // Where the sides have values in common, that one is mixed says it all.
      ...differences.flatMap(({ field, standing }) =>
        standing === 'refused' && !overlaps(field) ? [differs(field)] : [],
      ),
    ],
  };
}

/** What the answer rests on that somebody allowed, for its warnings. */
export function knownConfounders({ differences, mixtures }: Confounders): string[] {
  const texts = (values: FieldDifference['a']): string =>
    valuesText(new Map(values.map(({ value, runs }) => [value, runs])));
  return [
    ...mixtures
      .filter(({ standing }) => standing === 'pooled')
      .map(
        ({ side, field, values }) =>
          `${side} mixes ${field} (${texts(values)}), as allowed: the answer speaks for this mixture`,
      ),
    ...differences
      .filter(({ standing }) => standing === 'allowed')
      .map(
        ({ field, a, b }) =>
          `the sides differ in ${field} (${texts(a)} against ${texts(b)}), as allowed: what is found may be its effect`,
      ),
  ];
}
