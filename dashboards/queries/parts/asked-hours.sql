ended.provenance = ${provenance:sqlstring}
AND ended.hour >= date_trunc('hour', $__timeFrom()::timestamptz, 'UTC') AND ended.hour <= $__timeTo()::timestamptz
