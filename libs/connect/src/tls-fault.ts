/** Codes of OpenSSL and Node for a certificate whose chain ends at nobody who is trusted. */
const unknownAuthority = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'INVALID_CA',
]);
const noTls = new Set(['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'EPROTO']);

interface Fault {
  code?: unknown;
  message?: unknown;
  cause?: unknown;
  cert?: { subjectaltname?: string };
}

/** An error and what caused it; drivers wrap theirs. */
function* chain(error: unknown): Generator<Fault> {
  for (let at = error, depth = 0; typeof at === 'object' && at !== null && depth < 8; depth += 1) {
    yield at;
    at = (at as Fault).cause;
  }
}

/**
 * Why a secured connection was not made, and what to do, in words that follow the address; null where TLS is not at fault.
 */
export function tlsFault(error: unknown): string | null {
  for (const { code, message: said, cert } of chain(error)) {
    const words = typeof code === 'string' ? code : '';
    const message = typeof said === 'string' ? said : '';
    if (words === 'CERT_HAS_EXPIRED' || /certificate has expired/.test(message))
      return "its certificate has expired: renew it on the server; if it is still good, set this machine's clock";
    if (words === 'CERT_NOT_YET_VALID' || /certificate is not yet valid/.test(message))
      return 'its certificate is not valid yet: compare the clocks of the server and of this machine';
    if (words === 'ERR_TLS_CERT_ALTNAME_INVALID' || /does not match certificate's altnames/.test(message)) {
      const names = cert?.subjectaltname === undefined ? '' : ` (${cert.subjectaltname})`;
      return `its certificate is for another name${names}: connect by a name that it holds, or have it issued for this one`;
    }
    if (unknownAuthority.has(words) || /self-signed certificate|unable to (get|verify)/.test(message))
      return 'its certificate is signed by nobody known here: name the file of its authority (XF_CA_FILE)';
    if (/server does not support SSL connections/.test(message))
      return 'it offers no TLS: turn it on there, or list the host in XF_PLAIN_HOSTS where nobody else can read the network in between';
    if (noTls.has(words) || /before secure TLS connection was established/.test(message))
      return 'it speaks no TLS at this port: check the port, or turn TLS on there';
  }
  return null;
}
