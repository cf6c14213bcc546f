// What Grafana makes of a panel's SQL, for tests: first the browser fills in variables, then the server macros.

/** A variable's chosen value: several make a list, as "All" does. */
export type VariableValues = Readonly<Record<string, string | readonly string[]>>;

export interface QueryRange {
  from: Date;
  to: Date;
  intervalMs: number;
}

const quote = (value: string) => `'${value.replaceAll("'", "''")}'`;
/** Grafana escapes double quotes, too, with a backslash that PostgreSQL takes for one: a name that has one equals nothing. */
const sqlstring = (value: string) => quote(value.replaceAll('"', '\\"'));

/**
 * `$v` and `${v}` of one value as the newer plugins give it (escaped, not quoted); of several, quoted and joined;
 * `${v:sqlstring}` always quoted and joined; `${v:raw}` as it is.
 * @throws Error for a variable or a format that the board does not have
 */
export function expandVariables(sql: string, values: VariableValues): string {
  return sql.replace(/\$(?:\{(\w+)(?::(\w+))?\}|([a-zA-Z]\w*)(?!\w*\())/g, (whole, braced, format, plain) => {
    const name = String(braced ?? plain);
    const value = values[name];
    if (value === undefined) throw new Error(`no variable ${name} for ${String(whole)}`);
    if (format === 'raw') return String(value);
    if (format !== undefined && format !== 'sqlstring') throw new Error(`format ${String(format)} is not known here`);
    if (typeof value !== 'string') return value.map(sqlstring).join(',');
    return format === 'sqlstring' ? sqlstring(value) : value.replaceAll("'", "''");
  });
}

const seconds = (date: Date) => Math.floor(date.getTime() / 1000);
const nanoseconds = (date: Date) => BigInt(date.getTime()) * 1_000_000n;

/** RFC 3339 with a fraction only where there is one, and no trailing zeros in it (Go's RFC3339Nano). */
function instant(date: Date): string {
  return quote(date.toISOString().replace(/\.?0*Z$/, 'Z'));
}

function durationSeconds(text: string): number {
  const [, count, unit] = /^(\d+)(s|m|h|d|w)$/.exec(text.replaceAll("'", '')) ?? [];
  const scale = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }[unit ?? ''];
  if (scale === undefined) throw new Error(`interval ${text} is not known`);
  return Number(count) * scale;
}

function intervalText(ms: number): string {
  const [unit, scale] = (
    [
      ['h', 3_600_000],
      ['m', 60_000],
      ['s', 1000],
    ] as const
  ).find(([, s]) => ms % s === 0) ?? ['ms', 1];
  return `${ms / scale}${unit}`;
}

function timeGroup([column = '', interval = '']: readonly string[], asEpoch: boolean): string {
  const width = durationSeconds(interval);
  return `floor(${asEpoch ? `extract(epoch from ${column})` : `(${column})`}/${width})*${width}`;
}

const aliased = (sql: string) => `${sql} AS "time"`;

type Macro = (args: readonly string[], range: QueryRange) => string;
const macros: Readonly<Record<string, Macro>> = {
  __time: ([column = '']) => aliased(column),
  __timeFilter: ([column = ''], { from, to }) => `${column} BETWEEN ${instant(from)} AND ${instant(to)}`,
  __timeFrom: (_args, { from }) => instant(from),
  __timeTo: (_args, { to }) => instant(to),
  __timeGroup: (args) => timeGroup(args, true),
  __timeGroupAlias: (args) => aliased(timeGroup(args, true)),
  __unixEpochFilter: ([column = ''], { from, to }) => `${column} >= ${seconds(from)} AND ${column} <= ${seconds(to)}`,
  __unixEpochNanoFilter: ([column = ''], { from, to }) =>
    `${column} >= ${nanoseconds(from)} AND ${column} <= ${nanoseconds(to)}`,
  __unixEpochGroup: (args) => timeGroup(args, false),
  __unixEpochGroupAlias: (args) => aliased(timeGroup(args, false)),
};

/** @throws Error for a macro that Grafana does not know */
export function expandMacros(sql: string, range: QueryRange): string {
  const plain = sql
    .replaceAll('$__interval_ms', String(range.intervalMs))
    .replaceAll('$__interval', intervalText(range.intervalMs))
    .replaceAll('$__unixEpochFrom()', String(seconds(range.from)))
    .replaceAll('$__unixEpochTo()', String(seconds(range.to)));
  return plain.replace(/\$([_a-zA-Z0-9]+)\(([^)]*)\)(?=(,?))/g, (_whole, name: string, args: string, comma: string) => {
    const macro = macros[name];
    if (macro === undefined) throw new Error(`unknown macro ${name}`);
    const parts = args.split(',').map((argument) => argument.trim());
    const expanded = macro(parts, range);
    return comma === ',' && /Group$/.test(name) ? aliased(expanded) : expanded;
  });
}
