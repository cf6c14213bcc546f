SELECT name AS "name", fault AS "fault", remedy AS "remedy"
  FROM (
        \ir parts/unreadable.sql
       ) AS unreadable
 ORDER BY 1
 LIMIT 100
