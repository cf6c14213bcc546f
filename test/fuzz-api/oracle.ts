import { problemSchema } from '#contracts';

/** A reply, as far as it is judged. */
export interface Judged {
  status: number;
  contentType: string;
  body: string;
}

/** A stack's line, a path into our packages, or SQL: none of it is for clients. */
const inside = /\n\s+at \S+ \(|node_modules|\bSELECT\s.+\sFROM\b|INSERT INTO|\bprisma\b|\.(ts|js):\d+:\d+/i;

/** What is wrong with a reply; null when nothing is. */
export function faultOf({ status, contentType, body }: Judged, method: string): string | null {
  if (status >= 500) return `status ${status}: ${body.slice(0, 500)}`;
  if (status < 400 || method === 'HEAD') return null;
  if (inside.test(body)) return `the body shows the inside: ${body.slice(0, 500)}`;
  if (!contentType.startsWith('application/problem+json'))
    return `status ${status} is no problem document but ${contentType}`;
  const problem = problemSchema.safeParse(JSON.parse(body));
  if (!problem.success) return `the problem document is not of its form: ${body.slice(0, 500)}`;
  if (problem.data.status !== status) return `status ${status}, but the problem document says ${problem.data.status}`;
  return null;
}
