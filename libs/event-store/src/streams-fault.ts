import { Prisma } from './prisma.js';
import { sqlError } from './sql-error.js';

/**
 * Classes of SQLSTATE that a value brings about: data exception, integrity constraint violation, program limit exceeded
 * (an index row that is too long). https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
const classesOfData = ['22', '23', '54'];

/**
 * Prisma's own refusals of a value, for which nothing was sent to PostgreSQL: too long, constraints, invalid, missing,
 * out of range, does not fit the column. https://www.prisma.io/docs/orm/reference/error-reference
 */
const prismaCodesOfData = /^P20(0[0-9]|1[1-3]|19|20|23|33)$/;

/**
 * Whether what was thrown while events were read or folded lies in the events, so that trying again gives the same: they
 * can't be read, the fold throws, or what it made of them does not fit a column. Everything else may pass: a lost
 * connection, a timeout, a deadlock, a full disk.
 */
export function isStreamsFault(error: unknown): boolean {
  const { code } = sqlError(error);
  if (code !== '') return classesOfData.includes(code.slice(0, 2));
  if (error instanceof Prisma.PrismaClientValidationError) return true;
  if (error instanceof Prisma.PrismaClientKnownRequestError) return prismaCodesOfData.test(error.code);
  if (!(error instanceof Error)) return false;
  // What is left of Prisma, its driver and the system speaks of the connection.
  return !/^(Prisma|Driver)/.test(error.name) && !('syscall' in error) && !('errno' in error) && !isOfDriver(error);
}

/** pg rejects with plain errors when a connection breaks (pg/lib/client.js). */
function isOfDriver(error: Error): boolean {
  return /^(Connection terminated|timeout exceeded|Client has encountered a connection error|Client was closed)/i.test(
    error.message,
  );
}
