\ir parts/cell-levels.sql
, selectors AS (
  SELECT :selectorCell AS cell, max(:selector) AS selector
    FROM segments AS segment JOIN boot_states AS boot USING (boot_state_hash)
   WHERE segment.provenance = ${provenance:sqlstring}
     AND segment.last_ended_at >= $__timeFrom()::timestamptz AND segment.first_ended_at <= $__timeTo()::timestamptz
   GROUP BY 1
), against AS (
  SELECT cells.*, a.cell IS NOT NULL AS alike,
         CASE WHEN a.mixed IS NULL AND cells.mixed IS NULL AND (cells.virtualization <> a.virtualization OR cells.settings = a.settings)
               AND (cells.model <> a.model OR cells.virtualization <> a.virtualization OR cells.microcode = a.microcode) THEN cells.log_ns - a.log_ns END AS difference,
         cells.variance + a.variance AS variances,
         (cells.variance + a.variance) ^ 2 / nullif(cells.variance ^ 2 / cells.degrees + a.variance ^ 2 / a.degrees, 0) AS welch,
         cells.cell = a.cell AS itself
    FROM cells
    LEFT JOIN cells AS a ON a.cell = ANY(ARRAY[${a:sqlstring}]::text[]) AND a.kernel = cells.kernel AND a.kpti = cells.kpti AND a.executor = cells.executor
)
SELECT cell AS "generation", hosts, noisy AS "noisy hosts", runs, cycles AS "cycles", exp(log_ns) AS "nanoseconds", lowest_ns AS "lowest host", highest_ns AS "highest host",
       exp(difference) AS "to a",
       CASE WHEN NOT itself THEN exp(difference - (:t)[least(floor(welch)::integer, :mostDegrees)] * sqrt(variances)) END AS "interval from",
       CASE WHEN NOT itself THEN exp(difference + (:t)[least(floor(welch)::integer, :mostDegrees)] * sqrt(variances)) END AS "interval to",
       CASE WHEN itself THEN 'a itself'
            WHEN NOT alike THEN 'kernel, KPTI or executor is not a’s'
            WHEN difference IS NULL AND log_ns IS NULL THEN 'clock not known'
            WHEN difference IS NULL THEN coalesce('mixed in ' || mixed, 'settings are not a’s, or a is mixed')
            WHEN variances IS NULL THEN 'fewer than :minHosts hosts on a side' END AS "why no interval",
       slowest_host AS "slowest host",
       (SELECT selector FROM selectors WHERE selectors.cell = ANY(ARRAY[${a:sqlstring}]::text[])) AS "selector of a",
       selectors.selector AS "selector"
  FROM against LEFT JOIN selectors USING (cell)
 ORDER BY alike DESC, difference DESC NULLS LAST, log_ns, cycles, cell
 LIMIT 500
