import { expect, test } from 'vitest';
import { allowed } from '../../server/http/rights.ts';

test('what one may ask for is told by route: what reaches the role, and what needs all areas only to whom they are open', () => {
  const viewer = allowed({ role: 'viewer', areaIds: null });
  expect(viewer).toContain('GET /incidents');
  expect(viewer).not.toContain('POST /incidents/{id}/acknowledge');
  expect(allowed({ role: 'on-call', areaIds: ['A1'] })).toContain('POST /incidents/{id}/acknowledge');
  expect(allowed({ role: 'admin', areaIds: null })).toContain('POST /policies');
  expect(allowed({ role: 'admin', areaIds: ['A1'] })).not.toContain('POST /policies');
});
