import { readFileSync, readdirSync } from 'node:fs';
import { fragments } from './fragments.js';

/** SQL texts by file name without `.sql`. */
export type Queries = ReadonlyMap<string, string>;

/** A file with the files that it takes in, as psql does: `\ir FILE` on a line of its own, relative to this one. */
function readQuery(file: URL): string {
  const text = readFileSync(file, 'utf8').trimEnd();
  return text.replace(/^( *)\\ir (\S+)$/gm, (_, indent: string, part: string) =>
    readQuery(new URL(part, file)).replace(/^/gm, indent),
  );
}

/** Reads every query of a folder. One query a file, without comments: Grafana's versions treat them differently. */
export function readQueries(folder: URL): Queries {
  const files = readdirSync(folder).filter((file) => file.endsWith('.sql'));
  return new Map(files.map((file) => [file.slice(0, -4), readQuery(new URL(file, folder))]));
}

/**
 * A query with its parameters filled in, written as psql writes them: `:'x'` a quoted literal, `:"x"` a quoted
 * identifier, `:x` text as it stands (here: a Grafana variable, or an expression that many queries share).
 *
 * @param parameters go before `fragments`
 * @throws Error for an unknown query, a parameter without a value, or a value that no parameter takes
 */
export function queryText(queries: Queries, name: string, parameters: Readonly<Record<string, string>> = {}): string {
  const sql = queries.get(name);
  if (sql === undefined) throw new Error(`there is no query ${name}.sql`);
  const unused = new Set(Object.keys(parameters));
  // Not after a colon (`::` is a cast) nor a letter (`${name:format}` is Grafana's).
  const filled = sql.replace(/(?<![:\w]):(['"]?)(\w+)\1/g, (_, quote: string, parameter: string) => {
    const value = parameters[parameter] ?? fragments[parameter];
    if (value === undefined) throw new Error(`${name}.sql needs the parameter ${parameter}`);
    unused.delete(parameter);
    return quote + (quote === '' ? value : value.replaceAll(quote, quote + quote)) + quote;
  });
  if (unused.size > 0) throw new Error(`${name}.sql has no parameter ${[...unused].join(', ')}`);
  return filled;
}
