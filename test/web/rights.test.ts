import { cleanup, render, screen } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';
import IncidentActions from '../../web/components/IncidentActions.svelte';
import IncidentRow from '../../web/components/IncidentRow.svelte';
import type { Who } from '../../web/lib/accessApi.ts';
import { session } from '../../web/lib/state/session.svelte.ts';
import { incident } from './incidentFixture.ts';

const viewer: Who = {
  id: 'u1',
  name: 'Lin',
  role: 'viewer',
  areaIds: null,
  via: 'session',
  can: ['GET /incidents', 'POST /incidents/{id}/comment'],
};

afterEach(() => {
  cleanup();
  session.leave();
});

test('only what the server allows is offered; before it said anything, everything is', () => {
  expect(session.may('POST /policies')).toBe(true);
  session.enter(viewer);
  expect([session.may('GET /incidents'), session.may('POST /policies')]).toEqual([true, false]);
});

test('an incident has no button that would be refused', () => {
  const rest = { nowMs: 0, timeZone: 'UTC', busy: false };
  render(IncidentRow, { ...rest, incident: incident(), people: new Map() });
  expect(screen.queryByRole('button', { name: /Acknowledge/ })).toBeNull();
  cleanup();
  const told = { onact: vi.fn<() => void>(), onask: vi.fn<() => void>() };
  render(IncidentActions, {
    ...rest,
    ...told,
    incident: incident(),
    may: (kind: string) => kind === 'comment',
  });
  const names = screen.getAllByRole('button', { hidden: true }).map((button) => button.textContent);
  expect([...new Set(names)]).toEqual(['Comment']);
});
