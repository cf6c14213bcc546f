import { withClient } from './migrate.js';

/** One query for each kind of object; each row is one line, or one statement, of the description. */
const kinds: readonly { title: string; sql: string }[] = [
  {
    title: 'columns',
    sql: `SELECT format('%s.%s %s%s%s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
                 CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END,
                 CASE a.attidentity WHEN 'a' THEN ' GENERATED ALWAYS AS IDENTITY' ELSE coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '') END,
                 CASE WHEN a.attstorage <> t.typstorage THEN ' STORAGE ' || CASE a.attstorage WHEN 'e' THEN 'EXTERNAL' ELSE a.attstorage::text END ELSE '' END) AS line
            FROM pg_attribute a
            JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'v') AND c.relnamespace = 'public'::regnamespace
            JOIN pg_type t ON t.oid = a.atttypid
            LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
           WHERE a.attnum > 0 AND NOT a.attisdropped
           ORDER BY c.relname, a.attnum`,
  },
  {
    title: 'constraints',
    sql: `SELECT format('%s %s: %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS line
            FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
           ORDER BY conrelid::regclass::text, conname`,
  },
  {
    title: 'indexes',
    sql: `SELECT pg_get_indexdef(i.indexrelid) AS line
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid AND c.relnamespace = 'public'::regnamespace
           ORDER BY c.relname`,
  },
  {
    title: 'triggers',
    sql: `SELECT pg_get_triggerdef(t.oid) AS line
            FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid AND c.relnamespace = 'public'::regnamespace
           WHERE NOT t.tgisinternal ORDER BY t.tgname`,
  },
  {
    title: 'functions',
    sql: `SELECT pg_get_functiondef(oid) AS line FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY proname`,
  },
  {
    title: 'rights (besides the owner)',
    sql: `SELECT format('%s %s: %s', what, coalesce(r.rolname, 'PUBLIC'), string_agg(privilege_type, ', ' ORDER BY privilege_type)) AS line
            FROM (SELECT 'schema ' || nspname AS what, nspowner AS owner, nspacl AS acl, 'n'::"char" AS kind FROM pg_namespace WHERE nspname = 'public'
                  UNION ALL SELECT 'table ' || relname, relowner, relacl, 'r' FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'S')
                  UNION ALL SELECT 'column ' || c.relname || '.' || attname, relowner, attacl, 'c' FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                             WHERE relnamespace = 'public'::regnamespace AND attacl IS NOT NULL
                  UNION ALL SELECT 'function ' || proname, proowner, coalesce(proacl, acldefault('f', proowner)), 'f' FROM pg_proc WHERE pronamespace = 'public'::regnamespace
                 ) AS objects
            CROSS JOIN LATERAL aclexplode(acl) AS right_of
            LEFT JOIN pg_roles r ON r.oid = right_of.grantee
           WHERE right_of.grantee <> owner
           GROUP BY what, r.rolname ORDER BY what, r.rolname`,
  },
];

/**
 * What a database's public schema holds, as text that is the same for the same schema: columns, constraints, indexes,
 * triggers, functions and rights, as PostgreSQL itself words them.
 */
export async function describeSchema(url: string): Promise<string> {
  return withClient(url, async (client) => {
    const parts: string[] = [];
    for (const { title, sql } of kinds) {
      const { rows } = await client.query<{ line: string }>(sql);
      parts.push(`-- ${title}`, ...rows.map(({ line }) => line.trimEnd()), '');
    }
    return parts.join('\n');
  });
}
