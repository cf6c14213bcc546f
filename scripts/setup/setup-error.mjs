import { errorCode } from './error-code.mjs';

/** Something that the person at the keyboard can put right: what happened and what to do about it. */
export class SetupError extends Error {
  /** @override */
  name = 'SetupError';

  /**
   * @param {string} message
   * @param {string} remedy
   */
  constructor(message, remedy) {
    super(message);
    this.remedy = remedy;
  }
}

/** @type {Readonly<Record<string, string>>} by the system's error code */
const remedies = {
  EACCES: 'make the folder writable for this user, or clone the project somewhere else',
  EPERM: 'make the folder writable for this user, or clone the project somewhere else',
  EROFS: 'the file system is mounted read-only: clone the project to a writable place',
  ENOSPC: 'the disk is full: free some space (a first start needs about 500 MB) and start again',
  EDQUOT: 'the disk quota is used up: free some space (a first start needs about 500 MB) and start again',
};

/**
 * A file-system error in words, or the error itself when it is none of those that a person can put right.
 *
 * @param {unknown} error
 * @param {string} doing for example `write .xf/stamps/build`
 */
export function explained(error, doing) {
  const remedy = remedies[errorCode(error) ?? ''];
  if (remedy === undefined) return error;
  return new SetupError(`can't ${doing}: ${/** @type {Error} */ (error).message}`, remedy);
}
