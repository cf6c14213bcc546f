import { describe, expect, it } from '@jest/globals';
import { codenameIn, sourceOf } from './apt-source.mjs';

const targets = [
  'http://mirror.example/security/ bookworm-security main',
  'http://mirror.example/debian/ bookworm-updates main',
  'http://mirror.example/debian/ bookworm contrib',
  'http://mirror.example/debian/ bookworm main',
  '',
].join('\n');

describe('sourceOf', () => {
  it("is the machine's own source under the suite's name, signed by Debian's archive key", () => {
    expect(sourceOf(targets, 'bookworm', 'trixie-backports')).toBe(
      `Types: deb
URIs: http://mirror.example/debian/
Suites: trixie-backports
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`,
    );
  });

  it('is none where the machine has no source of its release', () => {
    expect(sourceOf(targets, 'noble', 'trixie-backports')).toBeUndefined();
    expect(sourceOf(targets, undefined, 'trixie-backports')).toBeUndefined();
    expect(sourceOf('', 'bookworm', 'trixie-backports')).toBeUndefined();
  });
});

describe('codenameIn', () => {
  it('reads it with and without quotes', () => {
    expect(codenameIn('ID=debian\nVERSION_CODENAME=bookworm\n')).toBe('bookworm');
    expect(codenameIn('VERSION_CODENAME="noble"\n')).toBe('noble');
    expect(codenameIn('ID=arch\n')).toBeUndefined();
  });
});
