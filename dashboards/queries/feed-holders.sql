SELECT coalesce(holder.pid::text, 'prepared') AS "session", holder.login, holder.application, holder.database, holder.since
  FROM feed_holders() AS holder
 WHERE holder.since < now() - interval '5 seconds'
 ORDER BY holder.since
 LIMIT 20
