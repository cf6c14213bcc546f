SELECT wanted.name,
       CASE WHEN coalesce(found.relation, found.function) IS NULL THEN 'is not there'
            WHEN denied THEN 'may not be read by ' || current_user
            ELSE 'has no ' || lacking.columns END AS fault,
       CASE WHEN denied THEN 'GRANT xf_reader TO ' || quote_ident(current_user)
            ELSE 'npm run migrate, then start the coordinator; where the database is newer, take the boards of its release' END AS remedy
  FROM jsonb_each(:'needs') AS wanted (name, columns)
 CROSS JOIN LATERAL (SELECT to_regclass(wanted.name)::oid AS relation, to_regproc(wanted.name)::oid AS function) AS found
 CROSS JOIN LATERAL (SELECT NOT coalesce(has_table_privilege(found.relation, 'SELECT'), has_function_privilege(found.function, 'EXECUTE')) AS denied) AS rights
 CROSS JOIN LATERAL (SELECT string_agg(needed.name, ', ' ORDER BY needed.name) AS columns
                       FROM jsonb_array_elements_text(wanted.columns) AS needed (name)
                      WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_attribute AS own
                                         WHERE own.attrelid = found.relation AND own.attname = needed.name AND NOT own.attisdropped)) AS lacking
 WHERE denied IS NOT FALSE OR lacking.columns IS NOT NULL
