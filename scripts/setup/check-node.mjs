// Imported first by every entry, before anything that an old Node.js could not even parse.
import process from 'node:process';

/** Same floor as "engines" in package.json. */
export const minimum = /** @type {const} */ ([20, 19, 0]);

/** @param {string} version for example `20.19.0` */
export function isSupported(version) {
  const parts = version.split('.').map(Number);
  for (const [i, least] of minimum.entries()) {
    const part = parts[i] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}

if (!isSupported(process.versions.node)) {
  process.stderr.write(
    'xperf-fleet needs Node.js ' +
      minimum.join('.') +
      ' or later; this is ' +
      process.versions.node +
      '.\n' +
      'Install a current Node.js (https://nodejs.org, or your distribution’s package) and start again.\n',
  );
  process.exit(2);
}
