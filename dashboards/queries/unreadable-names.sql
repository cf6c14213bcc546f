SELECT coalesce(string_agg(name, ' '), ' ') AS "choice"
  FROM (
        \ir parts/unreadable.sql
       ) AS unreadable
