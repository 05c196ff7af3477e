import type { InferRequestType, InferResponseType } from 'hono/client';
import { answerOf } from './api.ts';
import { client } from './client.ts';

const feedOf = client.schedules[':id'].feed;

export type FeedStanding = InferResponseType<typeof feedOf.$get, 200>['feed'];
type Me = InferResponseType<typeof client.auth.me.$get, 200>;
export type Who = NonNullable<Me['principal']>;
export type SsoOffer = NonNullable<Me['sso']>;
export type Role = Who['role'];
export type UserRow = InferResponseType<typeof client.users.$get, 200>['items'][number];
export type TokenRow = InferResponseType<typeof client.tokens.$get, 200>['items'][number];
export type Scope = NonNullable<TokenRow['scopes']>[number];
export type AuditRow = InferResponseType<typeof client.audit.$get, 200>['items'][number];
export type AuditVerdict = InferResponseType<typeof client.audit.verify.$get, 200>;
export type SessionRow = InferResponseType<typeof client.auth.sessions.$get, 200>['items'][number];
type UserDraft = InferRequestType<typeof client.users.$post>['json'];
type UserChange = InferRequestType<(typeof client.users)[':id']['$patch']>['json'];
type TokenDraft = InferRequestType<typeof client.tokens.$post>['json'];

/** Every call about who one is, and who may come in. */
export const accessApi = {
  me: () => answerOf(client.auth.me.$get()),
  /** Where the browser goes to log in; afterwards it comes back to the screen `goTo` (`#/…`). */
  beginSso: (goTo: string) => answerOf(client.auth.sso.$post({ json: { goTo } })),
  login: (login: string, password: string) =>
    answerOf(client.auth.login.$post({ json: { login, password } })),
  linkOwner: (link: string) => answerOf(client.auth.link.$post({ json: { link } })),
  welcome: (link: string, password: string) =>
    answerOf(client.auth.welcome.$post({ json: { link, password } })),
  logout: () => answerOf(client.auth.logout.$post()),
  changePassword: (current: string, next: string) =>
    answerOf(client.auth.password.$post({ json: { current, next } })),
  sessions: () => answerOf(client.auth.sessions.$get()),
  endSession: (id: string) => answerOf(client.auth.sessions[':id'].$delete({ param: { id } })),
  users: () => answerOf(client.users.$get()),
  addUser: (json: UserDraft) => answerOf(client.users.$post({ json })),
  changeUser: (id: string, json: UserChange) => answerOf(client.users[':id'].$patch({ param: { id }, json })),
  newLink: (id: string) => answerOf(client.users[':id'].link.$post({ param: { id } })),
  unbind: (id: string) => answerOf(client.users[':id'].sso.$delete({ param: { id } })),
  tokens: () => answerOf(client.tokens.$get()),
  addToken: (json: TokenDraft) => answerOf(client.tokens.$post({ json })),
  revokeToken: (id: string) => answerOf(client.tokens[':id'].$delete({ param: { id } })),
  feed: (id: string) => answerOf(feedOf.$get({ param: { id } })),
  makeFeed: (id: string) => answerOf(feedOf.$post({ param: { id } })),
  revokeFeed: (id: string) => answerOf(feedOf.$delete({ param: { id } })),
  audit: (before?: number) =>
    answerOf(client.audit.$get({ query: { limit: 50, ...(before === undefined ? {} : { before }) } })),
  verifyAudit: () => answerOf(client.audit.verify.$get()),
};
