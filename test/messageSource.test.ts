import { expect, it } from 'vitest';
import { subscriptionsOf } from '../server/messageSource.ts';

it.each([
  ['a topic of its own', ['pq/v1/#'], 'site/+/meter', ['pq/v1/#', 'site/+/meter']],
  ['one that is asked for already', ['site/+/meter'], 'site/+/meter', ['site/+/meter']],
  ['one below a filter', ['site/#'], 'site/+/meter', ['site/#']],
  ['the parent of a filter', ['site/#'], 'site', ['site/#']],
  ['one level for one', ['site/+/meter'], 'site/7/meter', ['site/+/meter']],
  ['one shared with other workers', ['$share/peakvolt/site/#'], 'site/+/meter', ['$share/peakvolt/site/#']],
  ['a wider one', ['site/7/meter'], 'site/+/meter', ['site/7/meter', 'site/+/meter']],
  ['all below where one level is asked for', ['site/+'], 'site/#', ['site/+', 'site/#']],
  ['all below, the parent too', ['site/+/#'], 'site/#', ['site/+/#', 'site/#']],
  ['a longer one', ['site/+'], 'site/7/meter', ['site/+', 'site/7/meter']],
  ['a shorter one', ['site/+/meter'], 'site/7', ['site/+/meter', 'site/7']],
])('subscribes a route to %s', (_, subscriptions, filter, all) => {
  const routes = [{ filter, family: 'flat' as const }];
  const config = { mqtt: { subscriptions }, ingest: { routes, aliases: {} } };
  expect(subscriptionsOf(config as unknown as Parameters<typeof subscriptionsOf>[0])).toEqual(all);
});

it('subscribes routes that say the same once', () => {
  const route = { filter: 'a/b', family: 'flat' };
  const config = { mqtt: { subscriptions: ['x'] }, ingest: { routes: [route, route] } };
  expect(subscriptionsOf(config as unknown as Parameters<typeof subscriptionsOf>[0])).toEqual(['x', 'a/b']);
});
