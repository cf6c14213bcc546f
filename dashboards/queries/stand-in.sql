SELECT CASE WHEN EXISTS (
              \ir parts/unreadable.sql
            ) THEN :'standIn' || chr(36) || 'query' || chr(36) ELSE ' ' END AS "choice"
