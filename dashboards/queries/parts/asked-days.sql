\ir span-of-days.sql
AND
\ir asked-series.sql
