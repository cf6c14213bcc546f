/**
 * The system's code of an error, such as `ENOENT`; undefined when it has none.
 *
 * @param {unknown} error not asked whether it is an Error: under Jest those of Node's own modules are of another realm
 * @returns {string | undefined}
 */
export function errorCode(error) {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
