// Labels as a person writes them: team=kernel, purpose=patch

/** @param {Readonly<Record<string, string>>} labels */
export const labelText = (labels) =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');

/**
 * What is no label goes as it is: the API says what is wrong with it.
 * @param {string} text
 * @returns {Record<string, string>}
 */
export function labelsOf(text) {
  const terms = text
    .split(',')
    .map((term) => term.trim())
    .filter((term) => term !== '');
  return Object.fromEntries(
    terms.map((term) => {
      const at = term.indexOf('=');
      return at < 0 ? [term, ''] : [term.slice(0, at).trim(), term.slice(at + 1).trim()];
    }),
  );
}
