// Certificates for tests, made by openssl: an authority and what it signs, in a folder of their own.
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

export interface Signed {
  certFile: string;
  keyFile: string;
}

export interface Authority {
  caFile: string;
  /** A server's certificate; `days` may be negative: then it has expired. */
  sign(file: string, alternativeNames: string, days?: number): Signed;
}

export function makeAuthority(folder: string, name: string): Authority {
  const at = (file: string): string => join(folder, `${name}-${file}`);
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { stdio: 'pipe' });
  const [caFile, caKey] = [at('ca.pem'), at('ca.key')];
  openssl('req', '-x509', ...curve, '-keyout', caKey, '-out', caFile, '-days', '30', '-subj', `/CN=${name}`);
  return {
    caFile,
    sign(file, alternativeNames, days = 20) {
      const [certFile, keyFile, request, extensions] = [`${file}.pem`, `${file}.key`, `${file}.csr`, `${file}.ext`].map(
        at,
      ) as [string, string, string, string];
      openssl('req', ...curve, '-keyout', keyFile, '-out', request, '-subj', '/CN=test');
      writeFileSync(extensions, `subjectAltName=${alternativeNames}\n`);
      const by = ['-CA', caFile, '-CAkey', caKey, '-CAcreateserial'];
      openssl('x509', '-req', '-in', request, ...by, '-days', String(days), '-extfile', extensions, '-out', certFile);
      chmodSync(keyFile, 0o600);
      return { certFile, keyFile };
    },
  };
}

/** Puts one certificate in the place of another, as a renewal does. */
export function replaceCertificate(served: Signed, by: Signed): void {
  writeFileSync(served.keyFile, readFileSync(by.keyFile));
  writeFileSync(served.certFile, readFileSync(by.certFile));
}
