/** on, off or unknown, as SQL over `boot_states AS boot`. */
export const kptiOf = 'boot.kpti';

export const kernelOf = 'boot.kernel';

/** Ends the name of what is of a demo’s hosts, which are pooled with no others, as SQL over `boot_states AS boot`. */
export const demoOf = `CASE WHEN boot.demo THEN ' / demo' ELSE '' END`;

/**
 * What may be pooled on a board, as SQL over `boot_states AS boot`: one CPU generation under one executor, bare metal or VM, one kernel
 * and one KPTI state. Hosts in it weigh the same. The name is what the boards' variables hold; of a demo's hosts it ends with `demo`.
 *
 * @param executor the column that says by which executor the runs were made
 */
export const cellOf = (executor: 'series.executor' | 'result.executor' | 'segment.executor'): string =>
  [`boot.generation`, `boot.virtualization`, executor, kernelOf, `'KPTI ' || ${kptiOf}`].join(` || ' / ' || `) +
  ` || ${demoOf}`;

/** The same name, as SQL over `daily_cells AS cells`. */
export const cellOfRow =
  [`cells.generation`, `cells.virtualization`, `cells.executor`, `cells.kernel`, `'KPTI ' || cells.kpti`].join(
    ` || ' / ' || `,
  ) + ` || CASE WHEN cells.demo THEN ' / demo' ELSE '' END`;

const term = (key: string): string => `'${key}=' || (segment.labels ->> '${key}')`;

/**
 * The same as a selector of `GET /v1/compare`, as SQL over `segments AS segment`: null where a run of it has no labels.
 */
export const selectorOf = `concat_ws(', ', ${['generation', 'virt', 'kernel', 'kpti', 'demo'].map(term).join(', ')}, 'executor=' || segment.executor, 'provenance=' || segment.provenance)`;
