import { hc, type InferRequestType, type InferResponseType } from 'hono/client';
import type { AppType } from '../../server/http/api.ts';
import { take } from './api.ts';

// Browsers that tell neither origin nor site are known by this header: no foreign form can send it.
const client = hc<AppType>('/api/v1', { headers: { 'x-peakvolt-request': '1' } });

type Me = InferResponseType<typeof client.auth.me.$get, 200>;
export type Who = NonNullable<Me['principal']>;
export type SsoOffer = NonNullable<Me['sso']>;
export type Role = Who['role'];
export type UserRow = InferResponseType<typeof client.users.$get, 200>['items'][number];
export type TokenRow = InferResponseType<typeof client.tokens.$get, 200>['items'][number];
export type AuditRow = InferResponseType<typeof client.audit.$get, 200>['items'][number];
export type AuditVerdict = InferResponseType<typeof client.audit.verify.$get, 200>;
export type SessionRow = InferResponseType<typeof client.auth.sessions.$get, 200>['items'][number];
type UserDraft = InferRequestType<typeof client.users.$post>['json'];
type UserChange = InferRequestType<(typeof client.users)[':id']['$patch']>['json'];
type TokenDraft = InferRequestType<typeof client.tokens.$post>['json'];

/** Every call about who one is, and who may come in. */
export const accessApi = {
  me: () => take<Me>(client.auth.me.$get()),
  /** Where the browser goes to log in; afterwards it comes back to the screen `goTo` (`#/…`). */
  beginSso: (goTo: string) => take<{ url: string }>(client.auth.sso.$post({ json: { goTo } })),
  login: (login: string, password: string) =>
    take<{ principal: Who }>(client.auth.login.$post({ json: { login, password } })),
  linkOwner: (link: string) =>
    take<{ login: string; name: string }>(client.auth.link.$post({ json: { link } })),
  welcome: (link: string, password: string) =>
    take<{ principal: Who }>(client.auth.welcome.$post({ json: { link, password } })),
  logout: () => take<{ goTo: string | null }>(client.auth.logout.$post()),
  changePassword: (current: string, next: string) =>
    take<{ principal: Who }>(client.auth.password.$post({ json: { current, next } })),
  sessions: () => take<{ items: SessionRow[] }>(client.auth.sessions.$get()),
  endSession: (id: string) => take<{ done: boolean }>(client.auth.sessions[':id'].$delete({ param: { id } })),
  users: () => take<{ items: UserRow[] }>(client.users.$get()),
  addUser: (json: UserDraft) => take<{ link: string }>(client.users.$post({ json })),
  changeUser: (id: string, json: UserChange) =>
    take<{ user: unknown }>(client.users[':id'].$patch({ param: { id }, json })),
  newLink: (id: string) => take<{ link: string }>(client.users[':id'].link.$post({ param: { id } })),
  tokens: () => take<{ items: TokenRow[] }>(client.tokens.$get()),
  addToken: (json: TokenDraft) => take<{ secret: string }>(client.tokens.$post({ json })),
  revokeToken: (id: string) => take<{ done: boolean }>(client.tokens[':id'].$delete({ param: { id } })),
  audit: (before?: number) =>
    take<{ items: AuditRow[] }>(
      client.audit.$get({ query: { limit: 50, ...(before === undefined ? {} : { before }) } }),
    ),
  verifyAudit: () => take<AuditVerdict>(client.audit.verify.$get()),
};
