// What a self-test run must show. Pure: parsed runs in, figures and complaints out.

/** @typedef {import('./port-text.mjs').LoggedRun} LoggedRun */

/** @param {readonly number[]} values */
function range(values) {
  let min = Infinity;
  let max = -Infinity;
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return values.length === 0 ? null : { min, max };
}

/**
 * Figures of one run, unflagged samples apart from flagged ones.
 * @param {LoggedRun} run
 */
export function summarize(run) {
  const clean = run.samples.filter(({ interrupted }) => !interrupted);
  return {
    samples: run.samples.length,
    flagged: run.samples.length - clean.length,
    rejected: run.end === undefined ? null : Number(run.end.rejected),
    u2k: range(clean.map(({ u2k }) => u2k)),
    k2u: range(clean.map(({ k2u }) => k2u)),
  };
}

/**
 * Complaints that hold for every run whose log is whole.
 * @param {string} name
 * @param {LoggedRun | undefined} run
 * @param {number} faults asked for
 * @returns {string[]}
 */
export function runComplaints(name, run, faults) {
  if (!run?.begin || !run.end) return [`${name}: no begin or no end line`];
  const complaints = [];
  const sequence = new Set(run.samples.map(({ seq }) => seq));
  if (sequence.size !== run.samples.length)
    complaints.push(`${name}: ${run.samples.length - sequence.size} sequence numbers twice`);
  if (run.samples.some(({ seq }) => seq >= faults)) complaints.push(`${name}: a sequence number beyond ${faults}`);
  if (run.pids.size !== 1) complaints.push(`${name}: lines of ${run.pids.size} processes`);
  if (run.samples.some(({ u2k }) => !(u2k >= 0))) complaints.push(`${name}: a negative or unreadable u2k`);
  if (run.samples.some(({ k2u }) => !(k2u >= -1))) complaints.push(`${name}: a negative or unreadable k2u`);
  if (run.samples.length !== Number(run.end.samples))
    complaints.push(`${name}: ${run.samples.length} samples read, ${run.end.samples} printed`);
  if (Number(run.end.samples) + Number(run.end.rejected) !== faults)
    complaints.push(`${name}: samples ${run.end.samples} + rejected ${run.end.rejected} are not ${faults} faults`);
  return complaints;
}

/**
 * Under instruction counting every unflagged sample must be the number of instructions between its stamps.
 *
 * @param {string} name
 * @param {LoggedRun} run
 * @param {{ u2k: number, k2u: number }} expected
 * @returns {{ mismatched: number, complaints: string[] }}
 */
export function exactness(name, run, expected) {
  const wrong = run.samples.filter(
    ({ interrupted, u2k, k2u }) => !interrupted && (u2k !== expected.u2k || k2u !== expected.k2u),
  );
  const unflagged = run.samples.filter(({ interrupted }) => !interrupted).length;
  const [first] = wrong;
  /** @type {string[]} */
  const complaints = [];
  if (first !== undefined)
    complaints.push(
      `${name}: ${wrong.length} unflagged samples are not ${expected.u2k}/${expected.k2u}; the first is ${first.u2k}/${first.k2u}, seq ${first.seq}`,
    );
  if (unflagged * 2 < run.samples.length) complaints.push(`${name}: more than half of the samples are flagged`);
  return { mismatched: wrong.length, complaints };
}

/**
 * What the kernel series declares against what stands in the guest's memory.
 *
 * @param {string} name
 * @param {{ u2k: number, k2u: number, k2uPath: readonly string[] }} found between the stamps
 * @param {{ u2k: number, k2u: number, k2uWithVerw: number }} declared
 * @param {number} userInstructions from the user's stamp, itself included, to the store that faults; with registers one
 * @returns {string[]}
 */
export function declaredComplaints(name, found, declared, userInstructions) {
  const needsVerw = found.k2uPath.some((text) => text.startsWith('verw'));
  const expected = { u2k: declared.u2k + userInstructions - 1, k2u: needsVerw ? declared.k2uWithVerw : declared.k2u };
  return /** @type {const} */ (['u2k', 'k2u']).flatMap((window) =>
    found[window] === expected[window]
      ? []
      : [`${name}: ${found[window]} instructions in ${window}, the kernel series declares ${expected[window]}`],
  );
}

/** Touches of kernel/xperf between two refills: XPERF_CHUNK; with settling ones around them: XPERF_SETTLE and one. */
const CHUNK = { measured: 64, settling: 4 + 1 };

/**
 * Lines are printed between chunks only, never between two measured faults: each begins with a chunk, though the warm-up is no
 * whole number of them; and the hook has counted the settling faults around each.
 * @param {string} name
 * @param {LoggedRun} run
 * @param {number} warmup
 * @param {number} faults
 * @param {readonly string[]} hookAfter lines of /proc/xperf at the end
 * @returns {string[]}
 */
export function settlingComplaints(name, run, warmup, faults, hookAfter) {
  const complaints = [];
  const astray = run.firsts.filter((first) => first !== 0 && (first + warmup) % CHUNK.measured !== 0);
  if (astray.length > 0)
    complaints.push(`${name}: ${astray.length} lines begin within a chunk, the first at ${astray[0]}`);
  const settled = Number(/^settled=(\d+)$/m.exec(hookAfter.join('\n'))?.[1] ?? NaN);
  const expected = Math.ceil((warmup + faults) / CHUNK.measured) * CHUNK.settling;
  if (settled !== expected) complaints.push(`${name}: ${settled} settling faults, expected ${expected}`);
  return complaints;
}

/**
 * Samples that reached the reader, and those that the kernel printed but the ring dropped.
 * @param {string} name
 * @param {LoggedRun | undefined} run
 * @param {number} faults
 * @param {number} lostRecords
 * @returns {{ received: number, lost: number, rejected?: number, complaints: string[] }}
 */
export function accountLosses(name, run, faults, lostRecords) {
  if (!run?.end) return { received: run?.samples.length ?? 0, lost: 0, complaints: [`${name}: no end line`] };
  const received = run.samples.length;
  const lost = Number(run.end.samples) - received;
  const rejected = Number(run.end.rejected);
  const complaints = [];
  if (received + lost + rejected !== faults)
    complaints.push(`${name}: ${received} + ${lost} + ${rejected} are not ${faults}`);
  if (Number(run.begin?.batch) === 1 && lost !== lostRecords)
    complaints.push(`${name}: ${lost} samples missing, but the sequence numbers tell of ${lostRecords} lost records`);
  return { received, lost, rejected, complaints };
}
