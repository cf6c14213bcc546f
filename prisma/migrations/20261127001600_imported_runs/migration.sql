-- Runs made of kernel logs that somebody brought. Their figures are a provenance of their own, which nothing else has.
CREATE OR REPLACE FUNCTION provenance_fits(p_executor text, p_provenance text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(CASE p_executor
    WHEN 'simulator' THEN p_provenance = 'simulated'
    WHEN 'import' THEN p_provenance = 'imported'
    ELSE p_provenance IN ('measured', 'emulated', 'unknown')
  END, false)
$$;
