// A patch of our insertions without any line of context, so that it holds nothing of the kernel's own text.

/** @typedef {{ line: number, text: string }} Added */

/**
 * Groups consecutive line numbers.
 *
 * @param {readonly Added[]} added
 * @returns {{ start: number, run: Added[] }[]}
 */
function runsOf(added) {
  /** @type {{ start: number, run: Added[] }[]} */
  const runs = [];
  for (const entry of added) {
    const last = runs.at(-1);
    if (last && last.start + last.run.length === entry.line) last.run.push(entry);
    else runs.push({ start: entry.line, run: [entry] });
  }
  return runs;
}

/**
 * @param {readonly { file: string, added: readonly Added[] }[]} files
 * @returns {string} unified diff with zero lines of context
 */
export function zeroContextPatch(files) {
  return files
    .map(({ file, added }) => {
      let before = 0;
      const hunks = runsOf(added).map(({ start, run }) => {
        const oldLine = start - 1 - before;
        before += run.length;
        return [`@@ -${oldLine},0 +${start},${run.length} @@`, ...run.map(({ text }) => `+${text}`)].join('\n');
      });
      return [`--- a/${file}`, `+++ b/${file}`, ...hunks].join('\n');
    })
    .join('\n')
    .concat('\n');
}

/**
 * What of a patch does not depend on the version of the kernel's source package.
 * @param {string} patch
 * @returns {string}
 */
export function withoutLineNumbers(patch) {
  return patch.replace(/^@@ .* @@$/gm, '@@').replace(/^# Source: .*$/m, '# Source:');
}
