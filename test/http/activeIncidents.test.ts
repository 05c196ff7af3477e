import { describe, expect, it } from 'vitest';
import { activePage, heldBy } from '../../server/http/activeIncidents.ts';
import { incidentOf, memberOf } from '../fixtures/incidents.ts';

const everywhere = { areaIds: null };
const silenced = [{ kind: 'silence' as const, id: 's1', reason: '' }];
const listed = [
  incidentOf('acknowledged', { state: 'acknowledged', severity: 'severe' }),
  incidentOf('silenced', { severity: 'severe', suppressions: silenced }),
  incidentOf('mild', { severity: 'mild' }),
  incidentOf('few', { customers: 10 }),
  incidentOf('many'),
  incidentOf('unrouted', {
    severity: 'severe',
    suppressions: [{ kind: 'no-route', id: null, reason: '' }],
    members: [memberOf('T9')],
  }),
];
const ids = (items: readonly { id: string }[]): string[] => items.map(({ id }) => id);

describe('active incidents', () => {
  it('come with what waits for a person first, then the more severe, then more homes', () => {
    const { items, counts, cursor } = activePage(listed, everywhere, { limit: 10 });
    expect(ids(items)).toEqual(['unrouted', 'many', 'few', 'mild', 'acknowledged', 'silenced']);
    expect(counts).toEqual({ active: 6, waiting: 4, suppressed: 1 });
    expect(cursor).toBeNull();
  });

  it('are told apart by whether something suppresses them, with the same counts', () => {
    const only = activePage(listed, everywhere, { limit: 10, suppressed: true });
    expect(ids(only.items)).toEqual(['silenced']);
    expect(only.counts.active).toBe(6);
    expect(ids(activePage(listed, everywhere, { limit: 1, suppressed: false }).items)).toEqual(['unrouted']);
    expect(ids(activePage(listed, everywhere, { limit: 9, transformerId: 'T9' }).items)).toEqual([
      'unrouted',
    ]);
  });

  it('of two thousand come page by page, each once, whatever is resolved in between', () => {
    const many = Array.from({ length: 2_000 }, (_, i) =>
      incidentOf(`i${i}`, {
        customers: i % 7,
        startedMs: (i * 37) % 100,
        severity: i % 2 ? 'mild' : 'severe',
      }),
    );
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const left = many.filter(({ id }) => !seen.includes(id) || id === seen.at(-1));
      const page = activePage(left, everywhere, { limit: 300, ...(cursor === null ? {} : { cursor }) });
      seen.push(...ids(page.items));
      cursor = page.cursor;
    } while (cursor !== null);
    expect(new Set(seen).size).toBe(2_000);
    expect(seen).toHaveLength(2_000);
  });

  it('of other areas are not there, and a cursor of somebody else points behind everything', () => {
    const scoped = activePage([incidentOf('x', { areaIds: ['A9'] })], { areaIds: ['A1'] }, { limit: 5 });
    expect([scoped.items, scoped.counts.active]).toEqual([[], 0]);
    for (const cursor of ['x', Buffer.from('["a"]').toString('base64url')])
      expect(activePage(listed, everywhere, { limit: 5, cursor }).items).toEqual([]);
  });

  it('that an outage or a silence holds are found by its id', () => {
    expect(ids(heldBy(listed, 's1'))).toEqual(['silenced']);
  });
});
