import { createHash, randomBytes } from 'node:crypto';
import { type Role, roleSchema } from '#contracts';

const form = new RegExp(`^xf_(${roleSchema.options.join('|')})_[A-Za-z0-9_-]{43}$`);

/** A new key: `xf_<role>_` and 256 random bits in base64url. The role in it is for people; api_keys decides. */
export function makeKey(role: Role): string {
  return `xf_${role}_${randomBytes(32).toString('base64url')}`;
}

/**
 * What is stored of a key. A plain SHA-256 is enough because a key is 256 random bits, not a password: there is nothing
 * to guess, and looking it up by its hash leaks nothing of the key through timing.
 */
export function hashKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** The key in an Authorization header, or what is wrong with the header. */
export function bearerKey(header: string | undefined): { key: string } | { fault: string } {
  if (header === undefined) return { fault: 'the request carries no API key' };
  const [scheme, key, ...rest] = header.trim().split(/\s+/);
  if (scheme?.toLowerCase() !== 'bearer' || key === undefined || rest.length > 0) {
    return { fault: 'the Authorization header is not of the form "Bearer <key>"' };
  }
  return form.test(key) ? { key } : { fault: 'the API key is not of the form xf_<role>_<43 characters>' };
}
