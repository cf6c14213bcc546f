WITH known AS (
  SELECT one.name, one.place,
         EXISTS (SELECT 1 FROM segments AS segment
                  WHERE segment.provenance = one.name AND segment.last_ended_at >= $__timeFrom()::timestamptz AND segment.first_ended_at <= $__timeTo()::timestamptz) AS results,
         EXISTS (SELECT 1 FROM hosts AS host WHERE host.capabilities @> jsonb_build_array(jsonb_build_object('provenance', one.name))) AS hosts
    FROM unnest(ARRAY[:provenances]::text[]) WITH ORDINALITY AS one (name, place)
)
SELECT name AS "provenance"
  FROM known
 WHERE results OR hosts OR place = 1
 ORDER BY results DESC, hosts DESC, place
