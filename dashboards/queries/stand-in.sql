SELECT CASE WHEN string_to_array(${unreadable:sqlstring}, ' ') && ARRAY[:needed]::text[]
            THEN :'standIn' || chr(36) || :'tag' || chr(36) ELSE ' ' END AS "choice"
