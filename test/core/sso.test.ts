import { describe, expect, test } from 'vitest';
import { profileOf, type Claims, type SsoRules } from '../../server/core/sso.ts';

const RULES: SsoRules = {
  loginClaim: 'preferred_username',
  nameClaim: 'name',
  emailDomains: [],
  roleClaim: null,
  roles: {},
  defaultRole: null,
  areasClaim: null,
  areas: null,
  acr: [],
};
const LIN: Claims = { preferred_username: ' Lin ', name: '林工' };
const of = (rules: Partial<SsoRules>, claims: Claims = {}) => {
  const judged = profileOf({ ...LIN, ...claims }, { ...RULES, ...rules });
  return judged.kind === 'unfit' ? judged.reason : judged.profile;
};

test('without a mapping the name is theirs, and role and areas are not touched', () => {
  expect(of({})).toEqual({ login: 'lin', name: '林工', role: null, areas: null });
  expect(of({}, { name: '  ' })).toMatchObject({ name: 'lin' });
});

test.each([
  ['login-missing', { preferred_username: undefined }],
  ['login-missing', { preferred_username: 7 }],
  ['login-unfit', { preferred_username: 'lin wu' }],
  ['login-unfit', { preferred_username: 'x' }],
])('%s for %j', (reason, claims) => expect(of({}, claims)).toBe(reason));

describe('domains', () => {
  const rules = { emailDomains: ['grid.example'] };
  test.each([
    ['email-unverified', { email: 'lin@grid.example' }],
    ['email-domain', { email: 'lin@evil.example', email_verified: true }],
    ['email-domain', { email: 'lin@grid.example@evil.example', email_verified: true }],
    ['email-domain', { email: 'lin@sub.grid.example', email_verified: true }],
    ['email-domain', { email_verified: true }],
  ])('%s for %j', (reason, claims) => expect(of(rules, claims)).toBe(reason));
  test('in whatever case', () =>
    expect(of(rules, { email: 'Lin@Grid.Example', email_verified: true })).toMatchObject({ login: 'lin' }));
});

describe('roles', () => {
  const rules = {
    roleClaim: 'realm_access.roles',
    roles: { viewer: ['staff'], admin: ['root'], planner: ['plan'] },
  };
  const given = (...roles: unknown[]) => ({ realm_access: { roles } });
  test.each([
    [['staff'], 'viewer'],
    [['plan', 'staff'], 'planner'],
    [['root', 'plan'], 'admin'],
  ])('%j: the highest, %s', (values, role) => expect(of(rules, given(...values))).toMatchObject({ role }));
  test.each([[given()], [given('other', 7)], [{}], [{ realm_access: 'root' }], [{ realm_access: null }]])(
    '%j: none, refused',
    (claims) => expect(of(rules, claims)).toBe('no-role'),
  );
  test('or the default', () =>
    expect(of({ ...rules, defaultRole: 'viewer' })).toMatchObject({ role: 'viewer' }));
  test('a claim may be one text, and its name may have a dot or be an address', () => {
    const roles = { planner: ['plan'] };
    expect(
      of({ roleClaim: 'https://a.example/role', roles }, { 'https://a.example/role': 'plan' }),
    ).toMatchObject({
      role: 'planner',
    });
  });
  test('what every object has is no claim', () => {
    expect(of({ roleClaim: 'constructor.name', roles: { admin: ['Object'] } })).toBe('no-role');
  });
});

describe('areas', () => {
  test('as they are told, `*` for all', () => {
    expect(of({ areasClaim: 'areas' }, { areas: ['A1', 'A1', 'A2'] })).toMatchObject({
      areas: { ids: ['A1', 'A2'] },
    });
    expect(of({ areasClaim: 'areas' }, { areas: ['A1', '*'] })).toMatchObject({ areas: { ids: null } });
  });
  test('by a table; what is not in it gives nothing', () => {
    const rules = { areasClaim: 'groups', areas: { north: ['A1', 'A2'], head: ['*'] } };
    expect(of(rules, { groups: ['north', 'A9', 'toString'] })).toMatchObject({
      areas: { ids: ['A1', 'A2'] },
    });
    expect(of(rules, { groups: ['head'] })).toMatchObject({ areas: { ids: null } });
    expect(of(rules, { groups: ['A9'] })).toBe('no-areas');
  });
});

test('a way of authentication that is not among those expected', () => {
  expect(of({ acr: ['mfa'] })).toBe('weak-authentication');
  expect(of({ acr: ['mfa', 'hwk'] }, { acr: 'hwk' })).toMatchObject({ login: 'lin' });
});
