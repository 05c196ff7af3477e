import { defineCommand } from 'citty';
import { accessParts } from '../accessSide.ts';
import { loadConfig, type Config } from '../config.ts';
import { localPrincipal, ROLES, SCOPES, type Role, type Scope } from '../core/access.ts';
import { Accounts, actorOf } from '../pipeline/access/accounts.ts';
import { UsageError } from '../usageError.ts';
import { openParts } from './openParts.ts';
import { FOLDER_ARGS, terminal } from './parts.ts';
import { problemOf, runningService } from './service.ts';

const DAY_MS = 86_400_000;

/** Asks the running service, or works on the folder when none runs. */
async function manage<T>(
  config: Config,
  here: (accounts: Accounts) => Promise<T>,
  there: { method: string; path: string; body?: object },
): Promise<T> {
  const service = await runningService(config.dataDir);
  if (service !== null) {
    const answer = await fetch(new URL(`/api/v1${there.path}`, service.url), {
      method: there.method,
      headers: { ...service.headers, 'content-type': 'application/json' },
      ...(there.body === undefined ? {} : { body: JSON.stringify(there.body) }),
    });
    if (!answer.ok) throw new Error(await problemOf(answer));
    return (await answer.json()) as T;
  }
  const parts = await openParts(config);
  try {
    return await here(new Accounts(accessParts(parts.database, parts.clock)));
  } finally {
    await parts.stop();
  }
}

const actor = actorOf(localPrincipal('token'));
const configOf = (args: { config?: string | undefined; 'data-dir'?: string | undefined }): Config =>
  loadConfig({ file: args.config, env: process.env, overrides: { dataDir: args['data-dir'] } });
const SCOPE_ARGS = {
  role: { type: 'string', default: 'viewer', description: ROLES.join(' | ') },
  areas: { type: 'string', description: 'Area ids in sight, by comma; absent: all' },
} as const;

function roleOf(text: string): Role {
  const role = ROLES.find((known) => known === text);
  if (role === undefined) throw new UsageError(`There is no role "${text}": ${ROLES.join(', ')}.`);
  return role;
}

function scopesOf(text: string): Scope[] {
  const asked = text.split(',').map((scope) => scope.trim());
  const unknown = asked.filter((scope) => !SCOPES.some((known) => known === scope));
  if (unknown.length > 0) {
    throw new UsageError(`There is no scope "${unknown.join(', ')}": ${SCOPES.join(', ')}.`);
  }
  return SCOPES.filter((scope) => asked.includes(scope));
}

function areasOf(text: string | undefined): string[] | null {
  return text === undefined ? null : text.split(',').map((id) => id.trim());
}

/** `peakvolt user add|list|disable`. */
export const userCommand = defineCommand({
  meta: { name: 'user', description: 'Users: add (prints their one-time link), list, disable' },
  subCommands: {
    add: defineCommand({
      meta: { name: 'add', description: 'Add a user and print the one-time link to their password' },
      args: {
        login: { type: 'positional', required: true, description: 'User name' },
        name: { type: 'string', description: 'Name; default the user name' },
        ...SCOPE_ARGS,
        ...FOLDER_ARGS,
      },
      async run({ args }) {
        const draft = {
          login: args.login,
          name: args.name ?? args.login,
          role: roleOf(args.role),
          areaIds: areasOf(args.areas),
        };
        const made = await manage<{ link: string } | null>(
          configOf(args),
          (accounts) => accounts.addUser(draft, actor),
          { method: 'POST', path: '/users', body: draft },
        );
        if (made === null) throw new Error(`The user name ${args.login} is taken.`);
        terminal.out(`#/welcome/${made.link}\n`);
        terminal.err('Put the address of the pages in front; it works once, for 24 hours.\n');
      },
    }),
    list: defineCommand({
      meta: { name: 'list', description: 'User name, role, areas, state' },
      args: FOLDER_ARGS,
      async run({ args }) {
        for (const user of await listUsers(configOf(args))) {
          const areas = user.areaIds === null ? 'all' : user.areaIds.join(',');
          terminal.out(`${user.login}\t${user.role}\t${areas}\t${user.disabled ? 'disabled' : 'active'}\n`);
        }
      },
    }),
    disable: defineCommand({
      meta: { name: 'disable', description: 'Disable a user; their sessions end' },
      args: { login: { type: 'positional', required: true, description: 'User name' }, ...FOLDER_ARGS },
      async run({ args }) {
        const config = configOf(args);
        const found = (await listUsers(config)).find(({ login }) => login === args.login.toLowerCase());
        if (found === undefined) throw new UsageError(`There is no user ${args.login}.`);
        const outcome = await manage<{ kind?: string }>(
          config,
          (accounts) => accounts.changeUser(found.id, { disabled: true }, actor),
          { method: 'PATCH', path: `/users/${found.id}`, body: { disabled: true } },
        );
        if (outcome.kind === 'last-admin') throw new Error('This is the last administrator.');
        terminal.out(`${found.login} is disabled\n`);
      },
    }),
  },
});

async function listUsers(config: Config): Promise<Awaited<ReturnType<Accounts['users']>>> {
  const { items } = await manage(config, async (accounts) => ({ items: await accounts.users() }), {
    method: 'GET',
    path: '/users',
  });
  return items;
}

/** `peakvolt token create|revoke`. */
export const tokenCommand = defineCommand({
  meta: { name: 'token', description: 'API tokens: create (prints it, once), revoke' },
  subCommands: {
    create: defineCommand({
      meta: { name: 'create', description: 'Make an API token and print its id and its secret' },
      args: {
        name: { type: 'positional', required: true, description: 'For which program' },
        days: { type: 'string', default: '90', description: 'How long it holds' },
        scope: { type: 'string', default: 'read', description: `What for, by comma: ${SCOPES.join(' | ')}` },
        ...SCOPE_ARGS,
        ...FOLDER_ARGS,
      },
      async run({ args }) {
        const days = Number(args.days);
        if (!(Number.isInteger(days) && days >= 1 && days <= 366)) {
          throw new UsageError('--days is a whole number from 1 to 366.');
        }
        const draft = {
          name: args.name,
          role: roleOf(args.role),
          areaIds: areasOf(args.areas),
          scopes: scopesOf(args.scope),
        };
        const { token, secret } = await manage<{ token: { id: string }; secret: string }>(
          configOf(args),
          (accounts) => accounts.addToken({ ...draft, expiresMs: Date.now() + days * DAY_MS }, actor),
          { method: 'POST', path: '/tokens', body: { ...draft, days } },
        );
        terminal.out(`${token.id}\t${secret}\n`);
      },
    }),
    revoke: defineCommand({
      meta: { name: 'revoke', description: 'Revoke an API token' },
      args: { id: { type: 'positional', required: true, description: 'Its id' }, ...FOLDER_ARGS },
      async run({ args }) {
        const done = await manage<boolean | object>(
          configOf(args),
          (accounts) => accounts.revokeToken(args.id, actor),
          { method: 'DELETE', path: `/tokens/${encodeURIComponent(args.id)}` },
        );
        if (done === false) throw new Error('There is no such token, or it was revoked before.');
        terminal.out(`${args.id} is revoked\n`);
      },
    }),
  },
});
