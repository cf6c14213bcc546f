// Reads prisma/schema.prisma as far as our own file goes: models, scalar fields, names in the database, keys.

export interface PrismaColumn {
  table: string;
  column: string;
  /** PostgreSQL's name of the type, as format_type gives it. */
  type: string;
  nullable: boolean;
}

export interface PrismaTable {
  model: string;
  table: string;
  columns: PrismaColumn[];
  /** Columns of the primary key, of unique keys and of named indexes. */
  keys: { kind: 'primary' | 'unique' | 'index'; columns: string[] }[];
}

/** Prisma's scalar types as PostgreSQL's, where no @db attribute says otherwise. */
const types: Readonly<Record<string, string>> = {
  String: 'text',
  Int: 'integer',
  BigInt: 'bigint',
  Float: 'double precision',
  Json: 'jsonb',
  Boolean: 'boolean',
  Bytes: 'bytea',
  'Unsupported("xid8")': 'xid8',
  '@db.Real': 'real',
  '@db.Uuid': 'uuid',
  '@db.Date': 'date',
  '@db.Timestamptz(6)': 'timestamp(6) with time zone',
};

function postgresType(type: string, attributes: string): string {
  const native = /@db\.\w+(\(\d+\))?/.exec(attributes)?.[0];
  const found = types[native ?? type];
  if (found === undefined) throw new Error(`teach test/postgres/prisma-schema.ts the type ${native ?? type}`);
  return attributes.startsWith('[]') ? `${found}[]` : found;
}

function readModel(model: string, body: string): PrismaTable {
  const table = /@@map\("(\w+)"\)/.exec(body)?.[1] ?? model;
  const columnOf = new Map<string, string>();
  const columns: PrismaColumn[] = [];
  const keys: PrismaTable['keys'] = [];
  for (const line of body.split('\n')) {
    const field = /^\s+(\w+)\s+(Unsupported\("\w+"\)|\w+)(\?)?(.*)$/.exec(line);
    if (!field) continue;
    const [, name = '', type = '', optional, attributes = ''] = field;
    const column = /@map\("(\w+)"\)/.exec(attributes)?.[1] ?? name;
    columnOf.set(name, column);
    columns.push({ table, column, type: postgresType(type, attributes), nullable: optional === '?' });
    if (/@id\b/.test(attributes)) keys.push({ kind: 'primary', columns: [column] });
    if (/@unique\b/.test(attributes)) keys.push({ kind: 'unique', columns: [column] });
  }
  for (const [, attribute, list = ''] of body.matchAll(/@@(id|unique|index)\(\[(.*?)\](?=[,)])/g)) {
    const kind = attribute === 'id' ? 'primary' : attribute === 'unique' ? 'unique' : 'index';
    const names = list.split(',').map((one) => one.trim().replace(/\(.*\)$/, ''));
    keys.push({ kind, columns: names.map((name) => columnOf.get(name) ?? name) });
  }
  return { model, table, columns, keys };
}

export function readPrismaSchema(text: string): PrismaTable[] {
  return [...text.matchAll(/^model (\w+) \{\n(.*?)^\}/gms)].map(([, name = '', body = '']) => readModel(name, body));
}
