import type { IncomingMessage } from 'node:http';

/** Headers by which a proxy says that it speaks for somebody else, who may be anywhere. */
const names = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];

/** Whether a request came through a proxy that says so. */
export const isForwarded = ({ headers }: IncomingMessage): boolean => names.some((name) => headers[name] !== undefined);
