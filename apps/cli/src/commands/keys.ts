import { type Command, Option } from 'commander';
import { createdKeySchema, keyViewSchema, pageOf, type Role, roleSchema } from '#contracts';
import { allPages } from '../client/all-pages.js';
import type { ApiClient, PageQuery } from '../client/api-client.js';
import { findAmong } from '../client/find-id.js';
import { request } from '../client/http.js';
import { clientFor, type Context, show } from '../context.js';
import { type KeyView, keysListing, keysText } from '../output/keys.js';
import { printsRows } from '../output-option.js';
import { type PageOptions, pageOptions, showPages } from './paging.js';

const keys = (client: ApiClient) => (query: PageQuery) =>
  client.ask('/v1/keys', pageOf(keyViewSchema), { query: { ...query } });

/** The key that a person names, among all that there are: they are few. */
async function findKey(client: ApiClient, named: string): Promise<KeyView> {
  const all: KeyView[] = [];
  for await (const key of allPages(keys(client))) all.push(key);
  return findAmong(all, named, {
    ...{ what: 'key', listing: 'xf keys' },
    idOf: ({ keyId }) => keyId,
    nameOf: ({ name }) => name,
    aboutOf: ({ name, role, createdAt }) => `${createdAt} ${role} ${name}`,
  });
}

export function registerKeys(verb: Command, context: Context): void {
  pageOptions(printsRows(verb)).action(async (options: PageOptions, command: Command) => {
    const client = await clientFor(context, command);
    await showPages(context, command, options, keys(client), { text: keysText, listing: keysListing });
  });
  verb
    .command('create')
    .description('make a key; standard output has it alone, and it is never shown again')
    .requiredOption('--name <text>', 'whose it is, or what for')
    .addOption(new Option('--role <role>', 'what it may do').choices(roleSchema.options).makeOptionMandatory())
    .action(async (body: { name: string; role: Role }, command: Command) => {
      const client = await clientFor(context, command);
      const created = await client.ask('/v1/keys', createdKeySchema, {
        ...{ method: 'POST', body: { name: body.name, role: body.role } },
      });
      show(context, command, created, ({ key }) => key);
      context.err.write(`it is shown this once; xf keys revoke ${created.keyId} ends it\n`);
    });
  verb
    .command('revoke')
    .description('end a key: from the next request on it is not accepted')
    .argument('<key>', 'its id, any unique ending of it, or its name; not the key itself')
    .action(async (named: string, _options: unknown, command: Command) => {
      const client = await clientFor(context, command);
      const key = await findKey(client, named);
      await request(client.connection, `/v1/keys/${key.keyId}`, { method: 'DELETE' });
      show(context, command, { keyId: key.keyId, revoked: true }, ({ keyId }) => `key ${keyId} is revoked`);
    });
}
