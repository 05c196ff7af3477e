import { expect, test } from 'vitest';
import { SCOPES, type Role, type Scope } from '../../server/core/access.ts';
import { allowed, rightOf } from '../../server/http/rights.ts';

test('what one may ask for is told by route: what reaches the role, and what needs all areas only to whom they are open', () => {
  const viewer = allowed({ role: 'viewer', areaIds: null });
  expect(viewer).toContain('GET /incidents');
  expect(viewer).not.toContain('POST /incidents/{id}/acknowledge');
  expect(allowed({ role: 'on-call', areaIds: ['A1'] })).toContain('POST /incidents/{id}/acknowledge');
  expect(allowed({ role: 'admin', areaIds: null })).toContain('POST /policies');
  expect(allowed({ role: 'admin', areaIds: ['A1'] })).not.toContain('POST /policies');
});

test('a scope takes away what the role may, and gives nothing that it may not', () => {
  const of = (scopes: readonly Scope[], role: Role = 'admin') => allowed({ role, areaIds: null, scopes });
  const every = allowed({ role: 'admin', areaIds: null });
  expect(of(SCOPES)).toEqual(every);
  const rightFor = (route: string) =>
    rightOf(...(route.replace(' ', ' /api/v1').split(' ') as [method: string, path: string]));
  const changing = of(['read']).filter((name) => !name.startsWith('GET '));
  for (const route of READ_BY_POST) expect(rightFor(route)).toMatchObject({ scope: 'read' });
  expect(new Set(changing.filter((route) => rightFor(route) !== 'anyone'))).toEqual(new Set(READ_BY_POST));
  expect(of(['incidents:act'])).toContain('POST /incidents/{id}/acknowledge');
  expect(of(['incidents:act'])).not.toContain('GET /incidents');
  expect(of(['import'])).toContain('POST /imports/{kind}');
  expect(of(['read', 'incidents:act', 'plan', 'import'])).not.toContain('POST /users');
  expect(of(SCOPES, 'viewer')).toEqual(allowed({ role: 'viewer', areaIds: null }));
});

/** Reckon over what there is, and change nothing. */
const READ_BY_POST = ['POST /replays'];
