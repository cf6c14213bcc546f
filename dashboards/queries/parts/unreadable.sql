SELECT wanted.name, coalesce(to_regclass(wanted.name)::oid, to_regproc(wanted.name)::oid) IS NULL AS missing
  FROM unnest(ARRAY[:tables]::text[]) AS wanted (name)
 WHERE NOT coalesce(has_table_privilege(to_regclass(wanted.name)::oid, 'SELECT'),
                    has_function_privilege(to_regproc(wanted.name)::oid, 'EXECUTE'), false)
