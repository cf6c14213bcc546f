import { bootFieldNames, derivedLabels, isRunTerm, parseFieldList, reachedAs, runTermNames } from '#contracts';
import type { PrismaClient } from '#event-store';
import { type FieldError, refusedAll } from '../problems/problem.js';
import { type Asked, askedIn, type Named } from './asked.js';
import { nearest } from './nearest.js';
import { unknownRunTerms } from './unknown-run-terms.js';

/** Labels that every release derives, and their values where those are few, are known before anything has them. */
function derived({ key, value }: Named): boolean {
  if (bootFieldNames.includes(key)) return value === null;
  if (!Object.hasOwn(derivedLabels, key)) return false;
  return value === null || derivedLabels[key]?.includes(value) === true;
}

/** Those of the named that no host and no run ever had. */
async function unknownOf(db: PrismaClient, named: readonly Named[]): Promise<Named[]> {
  const [keys, values] = [named.map(({ key }) => key), named.map(({ value }) => value)];
  return db.$queryRaw<Named[]>`
    SELECT key, value FROM unnest(${keys}::text[], ${values}::text[]) AS named (key, value)
     WHERE NOT EXISTS (SELECT FROM label_values AS known
                        WHERE known.key = named.key AND (named.value IS NULL OR known.value = named.value))`;
}

/** More values than these are not searched for a name that was perhaps meant. */
const mostValues = 20_000;

const someOf = (names: readonly string[]): string =>
  names.length > 12 ? `${names.slice(0, 12).join(', ')} and ${names.length - 12} more` : names.join(', ');

async function labelKeys(db: PrismaClient): Promise<string[]> {
  // One step in the index a key, instead of reading every value of it.
  const rows = await db.$queryRaw<{ key: string }[]>`
    WITH RECURSIVE keys AS (
      (SELECT key FROM label_values ORDER BY key LIMIT 1)
      UNION ALL
      SELECT (SELECT known.key FROM label_values AS known WHERE known.key > keys.key ORDER BY known.key LIMIT 1)
        FROM keys WHERE keys.key IS NOT NULL
    ) SELECT key FROM keys WHERE key IS NOT NULL`;
  return [...new Set([...rows.map(({ key }) => key), ...Object.keys(derivedLabels), ...bootFieldNames])].sort();
}

/** Terms of runs in a selector of hosts. */
function runTermsIn(field: string, named: readonly Named[]): FieldError[] {
  return [...new Set(named.map(({ key }) => key).filter(isRunTerm))].map((key) => ({
    field,
    message: `${key} is a term of runs, which hosts don't have`,
    remedy: `leave it out; xf compare and xf runs select by it (a host's own label of this name is label.${key})`,
  }));
}

async function valuesOf(db: PrismaClient, key: string): Promise<string[]> {
  const rows = await db.labelValue.findMany({ where: { key }, select: { value: true }, take: mostValues });
  const few = Object.hasOwn(derivedLabels, key) ? (derivedLabels[key] ?? []) : [];
  return [...new Set([...rows.map(({ value }) => value), ...few])].sort();
}

function meant(written: string, names: readonly string[], what: string): string {
  const near = nearest(written, names);
  const list = names.length === 0 ? 'there are none yet: start a worker, so that its hosts register' : someOf(names);
  return near.length > 0 ? `did you mean ${near.join(' or ')}? (${what}: ${list})` : `${what}: ${list}`;
}

async function fault(
  db: PrismaClient,
  field: string,
  { key, value }: Named,
  more: readonly string[] = [],
): Promise<FieldError> {
  const keys = [...(await labelKeys(db)), ...more].sort();
  if (value === null || !keys.includes(key)) {
    return { field, message: `no host or run has a label "${key}"`, remedy: meant(key, keys, 'labels') };
  }
  const values = await valuesOf(db, key);
  const label = reachedAs(key);
  const other = label !== key && keys.includes(label) ? `; the label of this name is ${label}` : '';
  return {
    field,
    message: `no host or run has ${key}=${value}`,
    remedy: meant(value, values, `values of ${key}`) + other,
  };
}

/**
 * Checks that every label and value in selectors of hosts exists, so that a typo is not answered by an empty result, nor a typo
 * in `!=` by everything. What is known are the labels of all hosts and runs there ever were, and those that this release derives.
 *
 * @param selectors texts that parse, by the field that they came in
 * @throws ProblemError (422) naming each field and term, with the nearest names.
 */
export async function checkSelectors(db: PrismaClient, selectors: Readonly<Record<string, string>>): Promise<void> {
  const asked = askedIn(selectors);
  const misplaced = Object.keys(selectors).flatMap((field) =>
    runTermsIn(
      field,
      asked.filter((one) => one.field === field).map(({ named }) => named),
    ),
  );
  if (misplaced.length > 0) throw refusedAll(misplaced);
  await checkKnown(db, asked);
}

/**
 * The same for selectors of runs, whose jobs, runs and annotations must exist too.
 *
 * @throws ProblemError (422)
 */
export async function checkRunSelectors(db: PrismaClient, selectors: Readonly<Record<string, string>>): Promise<void> {
  const asked = askedIn(selectors);
  const own = asked.filter(({ named }) => isRunTerm(named.key));
  const unknown = own.length === 0 ? [] : await unknownRunTerms(db, own);
  if (unknown.length > 0) throw refusedAll(unknown);
  await checkKnown(
    db,
    asked.filter(({ named }) => !isRunTerm(named.key)),
    runTermNames,
  );
}

async function checkKnown(db: PrismaClient, asked: readonly Asked[], more: readonly string[] = []): Promise<void> {
  const unsure = asked.filter(({ named }) => !derived(named));
  if (unsure.length === 0) return;
  const unknown = await unknownOf(
    db,
    unsure.map(({ named }) => named),
  );
  if (unknown.length === 0) return;
  // A label that is derived but that nothing has yet is known; one of its free values is not.
  const isUnknown = ({ key, value }: Named) => unknown.some((one) => one.key === key && one.value === value);
  const faults: FieldError[] = [];
  for (const { field, named } of unsure.filter((one) => isUnknown(one.named)).slice(0, 10)) {
    faults.push(await fault(db, field, named, more));
  }
  throw refusedAll(faults);
}

/**
 * The same for the names that rows are grouped by.
 *
 * @param list a text that `parseFieldList` reads
 */
export async function checkFieldList(db: PrismaClient, field: string, list: string): Promise<void> {
  const asked = parseFieldList(list).map((key) => ({ field, named: { key, value: null } }));
  await checkKnown(db, asked);
}

/**
 * Checks that workers registered these hosts, so that they can measure.
 *
 * @throws ProblemError (422) naming the field, with the nearest names
 */
export async function checkHosts(db: PrismaClient, field: string, hostIds: readonly string[]): Promise<void> {
  const found = await db.host.findMany({ where: { hostId: { in: [...hostIds] } }, select: { hostId: true } });
  const registered = new Set(found.map(({ hostId }) => hostId));
  const missing = [...new Set(hostIds)].filter((hostId) => !registered.has(hostId)).slice(0, 10);
  if (missing.length === 0) return;
  const named = missing.map((value) => ({ key: 'host', value }));
  const neverSeen = new Set((await unknownOf(db, named)).map(({ value }) => value));
  const faults: FieldError[] = [];
  for (const hostId of missing) {
    if (!neverSeen.has(hostId)) faults.push(noWorkers(field, hostId));
    else {
      const { remedy } = await fault(db, field, { key: 'host', value: hostId });
      faults.push({ field, message: `there is no host ${hostId}`, remedy });
    }
  }
  throw refusedAll(faults);
}

const noWorkers = (field: string, hostId: string): FieldError => ({
  field,
  message: `no worker serves ${hostId}: its runs were imported`,
  remedy: 'name hosts that xf hosts lists',
});

/** The same for a host whose runs are asked about: one that has runs from imported logs only will do. */
export async function checkHostOfRuns(db: PrismaClient, field: string, hostId: string): Promise<void> {
  if ((await unknownOf(db, [{ key: 'host', value: hostId }])).length > 0) await checkHosts(db, field, [hostId]);
}
