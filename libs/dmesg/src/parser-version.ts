/**
 * Version of what this library makes of a log; every run records which one read it. It goes up with each change by which
 * some log gives other samples or losses than before, so that runs of the older version are known and `xf replay` can
 * read their logs again.
 *
 * - 1: after a line of fewer samples than the others it could give up to 63 samples an item twice and drop as many.
 * - 2: every sample once. (Until it had `quick/`, it could also believe a line of more than 1,024 bytes behind one that began alike.
 *   No program prints such lines, so no run is to be read again for it.)
 */
export const parserVersion = 2;
