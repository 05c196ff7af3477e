import { cleanup, fireEvent, render, screen, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import Gate from '../../web/Gate.svelte';
import { accessApi, type TokenRow, type UserRow, type Who } from '../../web/lib/accessApi.ts';
import { ApiError, SIGNED_OUT } from '../../web/lib/api.ts';
import { i18n } from '../../web/lib/i18n/i18n.svelte.ts';
import { session } from '../../web/lib/state/session.svelte.ts';
import CalendarFeed from '../../web/components/CalendarFeed.svelte';
import TokenTable from '../../web/components/TokenTable.svelte';
import AccessView from '../../web/views/AccessView.svelte';
import AccountView from '../../web/views/AccountView.svelte';

vi.mock('../../web/App.svelte', async () => import('../../web/components/Said.svelte'));

const lin: Who = { id: 'u1', name: 'Lin', role: 'admin', areaIds: null, via: 'session', can: [] };
const flush = async (): Promise<void> => {
  for (let i = 0; i < 10; i++) await Promise.resolve();
  await tick();
};

beforeEach(() => {
  location.hash = '';
  session.leave();
  session.standing = 'asking';
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  i18n.locale = 'en';
});

describe('the gate', () => {
  test('asks who is not known to log in, and says what is wrong in both languages', async () => {
    vi.spyOn(accessApi, 'me').mockResolvedValue({ principal: null, sso: null });
    const login = vi.spyOn(accessApi, 'login').mockRejectedValue(new ApiError(401, 'Not admitted', ''));
    render(Gate);
    await flush();
    await fireEvent.input(screen.getByLabelText('User name'), { target: { value: 'lin' } });
    const password = screen.getByLabelText<HTMLInputElement>('Password');
    expect([password.type, password.autocomplete]).toEqual(['password', 'current-password']);
    await fireEvent.input(password, { target: { value: 'four words of no kin' } });
    await fireEvent.click(screen.getByRole('button', { name: 'Log in' }));
    await flush();
    expect(login).toHaveBeenCalledWith('lin', 'four words of no kin');
    expect(screen.getByRole('alert').textContent).toContain('User name or password is wrong.');
    i18n.locale = 'zh-CN';
    await flush();
    expect(screen.getByRole('alert').textContent).toContain('用户名或密码错误。');
    login.mockResolvedValue({ principal: lin });
    await fireEvent.click(screen.getByRole('button', { name: '登录' }));
    await flush();
    expect(screen.queryByRole('heading', { name: '登录' })).toBeNull();
    expect(session.principal).toEqual(lin);
  });

  test('stands where the page was when the session has ended', async () => {
    vi.spyOn(accessApi, 'me').mockResolvedValue({ principal: lin, sso: { label: null } });
    render(Gate);
    await flush();
    expect(screen.queryByRole('heading', { name: 'Log in' })).toBeNull();
    window.dispatchEvent(new Event(SIGNED_OUT));
    await flush();
    expect(screen.getByRole('heading', { name: 'Log in' })).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Log in with single sign-on' })).toBeTruthy();
  });

  test('takes the password of who comes with a link, and says when the link is over', async () => {
    location.hash = '#/welcome/abc';
    vi.spyOn(accessApi, 'me').mockResolvedValue({ principal: null, sso: null });
    vi.spyOn(accessApi, 'linkOwner').mockResolvedValue({ login: 'lin', name: 'Lin' });
    const welcome = vi.spyOn(accessApi, 'welcome').mockRejectedValue(new ApiError(404, 'over', ''));
    render(Gate);
    await flush();
    expect(screen.getByRole('heading', { name: 'Welcome, Lin' })).toBeTruthy();
    await fireEvent.input(screen.getByLabelText('Password'), { target: { value: 'four words of no kin' } });
    await fireEvent.click(screen.getByRole('button', { name: 'Set the password and log in' }));
    await flush();
    expect(welcome).toHaveBeenCalledWith('abc', 'four words of no kin');
    expect(screen.getByRole('alert').textContent).toContain('This link was used');
  });
});

test('the account signs out, and lists the sessions', async () => {
  session.enter(lin);
  const row = { createdMs: 0, lastSeenMs: 0, expiresMs: 1, address: '192.0.2.1', agent: 'Firefox' };
  vi.spyOn(accessApi, 'sessions').mockResolvedValue({
    items: [
      { ...row, id: 'a', current: true },
      { ...row, id: 'b', current: false },
    ],
  });
  vi.spyOn(accessApi, 'logout').mockResolvedValue({ done: true, goTo: null });
  render(AccountView);
  await flush();
  expect(screen.getAllByRole('button', { name: 'End' })).toHaveLength(1);
  await fireEvent.click(screen.getByRole('button', { name: 'Sign out' }));
  await flush();
  expect(session.standing).toBe('out');
});

describe('single sign-on', () => {
  const showLogin = async (): Promise<void> => {
    vi.spyOn(accessApi, 'me').mockResolvedValue({ principal: null, sso: { label: 'Grid ID' } });
    render(Gate);
    await flush();
  };
  afterEach(() => history.replaceState(null, '', '/'));

  test('that came to nothing is said once, in both languages, and the screen behind it stays', async () => {
    history.replaceState(null, '', '/?sso=unknown#/incidents/7');
    await showLogin();
    expect(screen.getByRole('alert').textContent).toContain('no active account here');
    expect(location.href).toMatch(/\/#\/incidents\/7$/);
    i18n.locale = 'zh-CN';
    await flush();
    expect(screen.getByRole('alert').textContent).toContain('没有有效账户');
    expect(screen.getByRole('button', { name: '使用Grid ID登录' })).toBeTruthy();
  });

  test('whose provider is away is said in its place; a reason that nobody knows is not', async () => {
    history.replaceState(null, '', '/?sso=toString#/');
    const begin = vi.spyOn(accessApi, 'beginSso');
    begin.mockRejectedValue(new ApiError(503, 'Single sign-on is away', '', { reason: 'away' }));
    await showLogin();
    expect(screen.queryByRole('alert')).toBeNull();
    await fireEvent.click(screen.getByRole('button', { name: 'Log in with Grid ID' }));
    await flush();
    expect(begin).toHaveBeenCalledWith('#/');
    expect(screen.getByRole('alert').textContent).toContain('does not answer');
  });
});

test('an administrator adds a user and is shown the link; the audit is checked', async () => {
  const user: UserRow = {
    id: 'u1',
    login: 'lin',
    name: 'Lin',
    role: 'admin',
    areaIds: null,
    disabled: false,
    createdMs: 0,
    hasPassword: true,
    sso: true,
  };
  vi.spyOn(accessApi, 'users').mockResolvedValue({ items: [user] });
  vi.spyOn(accessApi, 'tokens').mockResolvedValue({ items: [] });
  vi.spyOn(accessApi, 'audit').mockResolvedValue({ items: [] });
  vi.spyOn(accessApi, 'verifyAudit').mockResolvedValue({ kind: 'whole', entries: 3 });
  const add = vi.spyOn(accessApi, 'addUser').mockResolvedValue({ user, link: 'xyz' });
  render(AccessView);
  await flush();
  const form = within(screen.getByRole('form', { name: 'Add a user' }));
  await fireEvent.input(form.getByLabelText('User name'), { target: { value: 'wu' } });
  await fireEvent.input(form.getByLabelText('Name'), { target: { value: 'Wu' } });
  await fireEvent.input(form.getByLabelText(/^Area ids/), { target: { value: 'A1, A2' } });
  await fireEvent.click(form.getByRole('button'));
  await flush();
  expect(add).toHaveBeenCalledWith({ login: 'wu', name: 'Wu', role: 'viewer', areaIds: ['A1', 'A2'] });
  expect(screen.getByText(/#\/welcome\/xyz$/)).toBeTruthy();
  await fireEvent.click(screen.getByRole('button', { name: 'Check the chain' }));
  await flush();
  expect(screen.getByText('The record is whole: 3 entries.')).toBeTruthy();
});

test('a token is made for what is ticked, and says what it is for', async () => {
  const token: TokenRow = {
    id: 'k1',
    name: 'scada',
    role: 'viewer',
    areaIds: null,
    scopes: ['read', 'incidents:act'],
    createdBy: 'Lin',
    createdMs: 0,
    expiresMs: 1,
    lastUsedMs: null,
    revokedMs: null,
  };
  const old = { ...token, id: 'k0', name: 'old', scopes: null };
  const onadd = vi.fn<(draft: unknown) => void>();
  const onrevoke = vi.fn<() => void>();
  render(TokenTable, { tokens: [token, old], timeZone: 'Asia/Shanghai', onadd, onrevoke });
  expect(screen.getByText(/scada/).parentElement?.textContent).toContain('read, act on incidents');
  expect(screen.getByText(/old/).parentElement?.textContent).toContain('whatever the role may');
  await fireEvent.input(screen.getByLabelText('For which program'), { target: { value: 'gis' } });
  await fireEvent.click(screen.getByRole('checkbox', { name: 'read' }));
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Make a token' }).disabled).toBe(true);
  await fireEvent.click(screen.getByRole('checkbox', { name: 'import' }));
  await fireEvent.click(screen.getByRole('button', { name: 'Make a token' }));
  expect(onadd).toHaveBeenCalledWith({
    name: 'gis',
    role: 'viewer',
    areaIds: null,
    scopes: ['import'],
    days: 90,
  });
});

test('a calendar address is shown once, and can be voided', async () => {
  let feed: { createdMs: number; lastUsedMs: number | null } | null = null;
  vi.spyOn(accessApi, 'feed').mockImplementation(async () => ({ feed }));
  vi.spyOn(accessApi, 'makeFeed').mockImplementation(async () => {
    feed = { createdMs: 0, lastUsedMs: null };
    return { url: 'https://peakvolt.example/api/v1/calendars/s3cret.ics' };
  });
  vi.spyOn(accessApi, 'revokeFeed').mockImplementation(async () => {
    feed = null;
    return { done: true };
  });
  const { unmount } = render(CalendarFeed, { scheduleId: 'rota', timeZone: 'Asia/Shanghai' });
  await flush();
  await fireEvent.click(screen.getByRole('button', { name: 'Subscribe in my calendar' }));
  await flush();
  expect(screen.getByRole('status').textContent).toContain('s3cret.ics');
  unmount();
  render(CalendarFeed, { scheduleId: 'rota', timeZone: 'Asia/Shanghai' });
  await flush();
  expect(document.body.textContent).toContain('no program has asked for it yet');
  expect(document.body.textContent).not.toContain('s3cret');
  await fireEvent.click(screen.getByRole('button', { name: 'Void the address' }));
  await flush();
  expect(screen.getByRole('status').textContent).toContain('The address is void.');
  expect(screen.getByRole('button', { name: 'Subscribe in my calendar' })).toBeTruthy();
});
