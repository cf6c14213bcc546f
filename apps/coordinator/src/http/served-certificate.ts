// The certificate that the coordinator listens with, read again when it is renewed.
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { Logger } from 'pino';
import type { TlsFiles } from '../environment.js';

/** The files can't be used: which setting, what is wrong, what to do. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError';
}

export interface ServedCertificate {
  cert: string;
  key: string;
  validTo: Date;
}

/** How often the files are looked at. Certificates are renewed weeks before they end. */
export const lookEveryMs = 60_000;
const soonMs = 14 * 86_400_000;

function read(setting: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CertificateError(`${setting} names a file that can't be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** @throws CertificateError also for a certificate that has expired: nobody could connect */
export function readCertificate({ certFile, keyFile }: TlsFiles): ServedCertificate {
  const [cert, key] = [read('XF_TLS_CERT_FILE', certFile), read('XF_TLS_KEY_FILE', keyFile)];
  let leaf: X509Certificate;
  try {
    leaf = new X509Certificate(cert);
  } catch (error) {
    throw new CertificateError(`XF_TLS_CERT_FILE: ${certFile} must hold a certificate in PEM form`, { cause: error });
  }
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    const why = (error as Error).message;
    throw new CertificateError(`XF_TLS_KEY_FILE: ${keyFile} must hold the key of ${certFile}, in PEM form: ${why}`, {
      cause: error,
    });
  }
  const validTo = new Date(leaf.validTo);
  if (validTo.getTime() <= Date.now()) {
    throw new CertificateError(
      `XF_TLS_CERT_FILE: the certificate in ${certFile} expired on ${validTo.toISOString()}; renew it, then start again`,
    );
  }
  return { cert, key, validTo };
}

/** Serves a renewed certificate from the next connection on; one that can't be used is told of once, and the old one stays. */
export function serveRenewed(
  server: Server,
  files: TlsFiles,
  served: ServedCertificate,
  log: Logger,
  everyMs = lookEveryMs,
): () => void {
  let current = served;
  let told = '';
  const tell = (words: string): void => {
    if (words !== told && words !== '') log.error(words);
    told = words;
  };
  const look = (): void => {
    try {
      const found = readCertificate(files);
      if (found.cert !== current.cert || found.key !== current.key) {
        server.setSecureContext(found);
        current = found;
        log.info({ validTo: found.validTo }, 'listening with the renewed certificate');
      }
    } catch (error) {
      if (!(error instanceof CertificateError)) throw error;
      return tell(error.message);
    }
    const ends = current.validTo.getTime() - Date.now() < soonMs;
    tell(ends ? `XF_TLS_CERT_FILE: the certificate expires on ${current.validTo.toISOString()}; renew it` : '');
  };
  look();
  const timer = setInterval(look, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
