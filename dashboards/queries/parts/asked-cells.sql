cells.provenance = ${provenance:sqlstring}
AND cells.day >= date_trunc('day', $__timeFrom()::timestamptz, 'UTC') AND cells.day <= $__timeTo()::timestamptz
AND cells.probe = ANY(ARRAY[${probe:sqlstring}]::text[])
AND cells.metric = ANY(ARRAY[${metric:sqlstring}]::text[])
