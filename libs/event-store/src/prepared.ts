import { createHash } from 'node:crypto';

/**
 * Statements worth preparing: those of every run, whose plan does not hang on their values. Others keep the plan of their
 * moment: one made while a table was small would stay.
 */
const often =
  /\b(append_events|append_many|worker_append|worker_append_many|worker_read)\(|FROM events WHERE stream = \$1/;
/** An append has a parameter a batch, so its texts are many; a connection keeps each for as long as it lives. */
const mostNames = 50;
const names = new Map<string, string>();

/** The name under which a statement is prepared; undefined for one that is parsed and planned each time. */
export function preparedName(sql: string): string | undefined {
  const known = names.get(sql);
  if (known !== undefined) return known;
  if (names.size >= mostNames || !often.test(sql)) return undefined;
  const name = `xf_${createHash('sha256').update(sql).digest('hex').slice(0, 32)}`;
  names.set(sql, name);
  return name;
}
