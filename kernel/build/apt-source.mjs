// An apt source for another suite, made from the machine's own. Pure: apt's answer in, text out.

/** What Debian signs its suites with, all of them that are alive (package debian-archive-keyring). */
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * @param {string} osRelease text of /etc/os-release
 * @returns {string | undefined} `bookworm`
 */
export const codenameIn = (osRelease) => /^VERSION_CODENAME="?([\w.-]+)"?$/m.exec(osRelease)?.[1];

/**
 * @param {string} targets of `apt-get indextargets`, a line each: repository, suite, component
 * @param {string | undefined} codename the suite of the machine's release
 * @param {string} suite the wanted one
 * @returns {string | undefined} a deb822 source; undefined when the machine has none of its release's component main
 */
export function sourceOf(targets, codename, suite) {
  const own = targets
    .split('\n')
    .map((line) => line.split(' '))
    .find(([, release, component]) => release === codename && component === 'main');
  if (own === undefined || codename === undefined) return undefined;
  return ['Types: deb', `URIs: ${own[0]}`, `Suites: ${suite}`, 'Components: main', `Signed-By: ${KEYRING}`, ''].join(
    '\n',
  );
}
