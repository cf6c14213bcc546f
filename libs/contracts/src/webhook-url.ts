import * as z from 'zod';

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/;
/** Addresses at which a cloud tells its machines their secrets, and those that lead nowhere. */
const forbidden = /^(169\.254(\.\d+){2}|0(\.\d+){3}|\[::\]|\[fe[89ab][0-9a-f]:.*\])$/;

function wrongWith(text: string): string | null {
  if (!URL.canParse(text)) return 'is not a URL; write https://hooks.example/…';
  // Never quoted: it may hold a secret.
  const { protocol, hostname, username, password, hash } = new URL(text);
  if (username !== '' || password !== '') return 'must not hold a user or password; messages are signed instead';
  if (hash !== '') return 'must not have a part after #, which is never sent';
  if (forbidden.test(hostname)) return 'leads to a link-local or unspecified address, to which nothing is sent';
  if (protocol === 'https:' || (protocol === 'http:' && loopback.test(hostname))) return null;
  return protocol === 'http:'
    ? 'must begin with https://; http is for this machine only (127.0.0.1, ::1, localhost)'
    : 'must begin with https://';
}

/** Where messages are posted to: https, or http on this machine (docs/notifications.md, “Who may send where”). */
export const webhookUrlSchema = z
  .string()
  .max(2_000)
  .superRefine((text, context) => {
    const message = wrongWith(text);
    if (message !== null) context.addIssue({ code: 'custom', message });
  });
