SELECT name AS "table",
       CASE WHEN missing THEN 'is not there' ELSE 'may not be read by ' || current_user END AS "fault",
       CASE WHEN missing THEN 'npm run migrate, then start the coordinator' ELSE 'GRANT xf_reader TO ' || quote_ident(current_user) END AS "remedy"
  FROM (
        \ir parts/unreadable.sql
       ) AS unreadable
 ORDER BY 1
 LIMIT 100
