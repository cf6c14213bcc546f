SELECT 'a' AS name, unnest(ARRAY[${a:sqlstring}]::text[]) AS cell
UNION ALL
SELECT 'b', unnest(ARRAY[${b:sqlstring}]::text[])
