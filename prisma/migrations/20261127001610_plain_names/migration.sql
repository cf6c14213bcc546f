-- Names and messages that say what they are. Only these functions call the one that is renamed; workers may not.
ALTER FUNCTION sheet_for_worker(worker_tokens, text, integer) RENAME TO request_for_worker;
DO $$
DECLARE
  v_function regprocedure;
  v_text     text;
BEGIN
  FOR v_function IN
    SELECT oid FROM pg_proc
     WHERE pronamespace = 'public'::regnamespace AND prokind IN ('f', 'p') AND prosrc ~ 'sheet|(fill|filled) anew'
  LOOP
    v_text := pg_get_functiondef(v_function);
    v_text := replace(v_text, 'sheet_for_worker', 'request_for_worker');
    v_text := replace(replace(v_text, 'v_sheet   ', 'v_request '), 'v_sheet', 'v_request');
    v_text := replace(v_text, 'is of another sheet', 'asks for something else');
    v_text := replace(v_text, 'may fill anew', 'may refill');
    v_text := replace(v_text, 'was filled anew', 'was refilled');
    EXECUTE v_text;
  END LOOP;
END $$;
