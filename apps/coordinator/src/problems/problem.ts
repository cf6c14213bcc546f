import type { Problem } from '#contracts';

/** One wrong part of the input. */
export interface FieldError {
  field: string;
  message: string;
  remedy: string;
}

interface ProblemParts {
  status: number;
  /** Last part of the problem's type URI; stable, for programs. */
  slug: string;
  title: string;
  detail: string;
  remedy?: string;
  errors?: readonly FieldError[];
  headers?: Readonly<Record<string, string>>;
}

/** An error that the client gets as an RFC 9457 problem document. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly document: Problem;

  constructor(parts: ProblemParts) {
    super(parts.detail);
    this.status = parts.status;
    this.headers = parts.headers ?? {};
    this.document = {
      type: `urn:xperf-fleet:problem:${parts.slug}`,
      title: parts.title,
      status: parts.status,
      detail: parts.detail,
      ...(parts.remedy === undefined ? {} : { remedy: parts.remedy }),
      ...(parts.errors === undefined ? {} : { errors: [...parts.errors] }),
    };
  }
}

export function invalidInput(errors: readonly FieldError[]): ProblemError {
  return new ProblemError({
    status: 400,
    slug: 'invalid-input',
    title: 'The request is not valid',
    detail: errors.map((e) => `${e.field}: ${e.message}`).join('; '),
    remedy: errors[0]?.remedy ?? 'correct the request',
    errors,
  });
}

/** A 422: the request reads well but can't be carried out as things stand. */
export function refused(error: FieldError): ProblemError {
  return refusedAll([error]);
}

/** The same for several wrong parts at once. */
export function refusedAll(errors: readonly FieldError[]): ProblemError {
  return new ProblemError({
    status: 422,
    slug: 'refused',
    title: 'The request can not be carried out',
    detail: errors.map((error) => `${error.field}: ${error.message}`).join('; '),
    remedy: errors[0]?.remedy ?? 'correct the request',
    errors,
  });
}

export function notFound(what: string, id: string, remedy: string): ProblemError {
  return new ProblemError({
    status: 404,
    slug: 'not-found',
    title: 'Not found',
    detail: `there is no ${what} ${id}`,
    remedy,
  });
}

export function conflict(slug: string, title: string, error: FieldError): ProblemError {
  return new ProblemError({ status: 409, slug, title, detail: error.message, remedy: error.remedy, errors: [error] });
}
