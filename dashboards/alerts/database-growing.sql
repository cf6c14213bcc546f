SELECT now() AS time, grown.bytes AS value
  FROM (
        \ir ../queries/parts/size-in-quarter.sql
       ) AS grown
