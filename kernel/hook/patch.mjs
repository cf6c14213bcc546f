// A patch of our insertions without any line of context, so that it holds nothing of the kernel's own text.

/** Groups consecutive line numbers. */
function runsOf(added) {
  const runs = [];
  for (const entry of added) {
    const last = runs.at(-1);
    if (last && last.at(-1).line + 1 === entry.line) last.push(entry);
    else runs.push([entry]);
  }
  return runs;
}

/**
 * @param {{ file: string, added: { line: number, text: string }[] }[]} files
 * @returns {string} unified diff with zero lines of context
 */
export function zeroContextPatch(files) {
  return files
    .map(({ file, added }) => {
      let before = 0;
      const hunks = runsOf(added).map((run) => {
        const start = run[0].line;
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
