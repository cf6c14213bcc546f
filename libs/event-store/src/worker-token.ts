import { createHash, randomBytes } from 'node:crypto';

/** What a worker shows at every append and read: 256 random bits as 43 characters of base64url. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** What is stored of it: its SHA-256. */
export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest();
