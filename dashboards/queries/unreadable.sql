SELECT wanted.name AS "table",
       CASE WHEN to_regclass(wanted.name) IS NULL THEN 'is not there: the database is of another release than the boards' ELSE 'may not be read by ' || current_user END AS "fault",
       CASE WHEN to_regclass(wanted.name) IS NULL THEN 'npm run migrate, then start the coordinator' ELSE 'GRANT xf_reader TO ' || quote_ident(current_user) END AS "remedy"
  FROM unnest(ARRAY[:tables]::text[]) AS wanted (name)
 WHERE NOT coalesce(has_table_privilege(to_regclass(wanted.name)::oid, 'SELECT'), false)
 ORDER BY 1
 LIMIT 100
