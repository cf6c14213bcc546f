// node kernel/series/names.mjs [--packages]: the names of the kernel series, a line each; or the Debian packages with their
// sources that apt installs from the machine's own suites.
import { kernelSeries } from './kernel-series.mjs';

const isPackages = process.argv.includes('--packages');
const shown = isPackages ? kernelSeries.filter(({ suite }) => suite === null) : kernelSeries;
for (const { name } of shown) process.stdout.write(`${isPackages ? `linux-source-${name}` : name}\n`);
