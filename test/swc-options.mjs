import { readFileSync } from 'node:fs';

/**
 * How TypeScript becomes JavaScript is said once, in .swcrc, by which the build goes. What Jest and plain Node load is
 * made the same way, with the source map in the text; the specs, which .swcrc leaves out, are among it.
 *
 * @type {import('@swc/core').Options}
 */
export const swcOptions = (() => {
  const text = readFileSync(new URL('../.swcrc', import.meta.url), 'utf8');
  const { jsc, module } = /** @type {import('@swc/core').Config} */ (JSON.parse(text));
  return { swcrc: false, sourceMaps: 'inline', ...(jsc && { jsc }), ...(module && { module }) };
})();
