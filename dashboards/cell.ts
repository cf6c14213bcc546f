const kptiOfBoot = `CASE boot.boot_state ->> 'kpti' WHEN 'true' THEN 'on' WHEN 'false' THEN 'off' ELSE 'unknown' END`;

/**
 * What may be pooled on a board, as SQL over `boot_states AS boot`: one CPU generation under one executor, bare metal or VM, one kernel
 * and one KPTI state. Hosts in it weigh the same. The name is what the boards' variables hold; of a demo's hosts it ends with `demo`.
 *
 * @param executor the column that says by which executor the runs were made
 */
export const cellOf = (executor: 'series.executor' | 'result.executor'): string =>
  [
    `coalesce(boot.boot_state #>> '{cpu,generation}', 'unknown')`,
    `coalesce(boot.boot_state ->> 'virtualization', 'unknown')`,
    executor,
    `coalesce(boot.boot_state ->> 'kernelRelease', 'unknown')`,
    `'KPTI ' || ${kptiOfBoot}`,
  ].join(` || ' / ' || `) + ` || CASE WHEN boot.boot_state #> '{extra,demo}' IS NULL THEN '' ELSE ' / demo' END`;
