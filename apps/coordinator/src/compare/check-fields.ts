import { type CompareQuery, comparedFieldNames } from '#contracts';
import type { PrismaClient } from '#event-store';
import { type FieldError, refusedAll } from '../problems/problem.js';
import { checkFieldList } from '../selectors/check-selectors.js';
import { nearest } from '../selectors/nearest.js';

/** Never, whatever is said: another provenance is not another condition. */
const never = { pool: ['provenance', 'executor'], allow: ['provenance'], by: ['command-line'] } as const;

const why = {
  provenance:
    'figures of different provenance are never compared; add for example provenance=measured to both selectors',
  executor: 'figures of several executors are never pooled; add executor=… to the selector',
  'command-line': 'its values are no words that a selector takes; compare by boot-options, kpti or a mitigation',
} as const;

function forbidden(option: keyof typeof never, names: readonly string[]): FieldError[] {
  return never[option].flatMap((name) =>
    names.includes(name) ? [{ field: option, message: `${name} can't be named here`, remedy: why[name] }] : [],
  );
}

/** Names that are neither a field's nor reserved for one. */
const plainNames = (names: readonly string[]): string[] =>
  names.filter((name) => !comparedFieldNames.includes(name) && !/^(mitigation|fact)\./.test(name));

/** What a table may go by besides fields and labels. */
const ofRuns = ['job', 'provenance'];

/**
 * Checks that what a comparison names as fields are fields of boot states that there are. A table may also go by labels, jobs and
 * provenance; in a label nothing differs that could be pooled or allowed.
 *
 * @throws ProblemError (422) naming the option, with the nearest names
 */
export async function checkComparedFields(
  db: PrismaClient,
  { pool, allow, by = [] }: Pick<CompareQuery, 'pool' | 'allow'> & { by?: readonly string[] },
): Promise<void> {
  const options = { pool, allow, by };
  const faults = (['pool', 'allow', 'by'] as const).flatMap((option) => {
    const unknown = option === 'by' ? [] : plainNames(options[option]).filter((name) => name !== 'provenance');
    const notFields = unknown.map((name) => {
      const near = nearest(name, comparedFieldNames);
      const list = comparedFieldNames.join(', ');
      const remedy =
        near.length > 0 ? `did you mean ${near.join(' or ')}?` : `there are ${list}, mitigation.… and fact.…`;
      return { field: option, message: `"${name}" is no field of boot states`, remedy };
    });
    return [...forbidden(option, options[option]), ...notFields];
  });
  if (faults.length > 0) throw refusedAll(faults);
  for (const option of ['pool', 'allow', 'by'] as const) {
    const others = options[option].filter((name) => !comparedFieldNames.includes(name) && !ofRuns.includes(name));
    if (others.length > 0) await checkFieldList(db, option, others.join(','));
  }
}
