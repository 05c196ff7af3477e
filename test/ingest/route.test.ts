import { describe, expect, it } from 'vitest';
import { DECODE_LIMITS, type RouteRule } from '../../server/ingest/options.ts';
import { Router, filterMatches, isId } from '../../server/ingest/route.ts';

const route = (topic: string, rules: RouteRule[] = []): object =>
  new Router(rules, DECODE_LIMITS).route(topic);

describe('topic filters (MQTT 3.1.1 §4.7)', () => {
  it.each([
    ['a/b', 'a/b', true],
    ['a/+', 'a/b', true],
    ['+/b', 'a/b', true],
    ['a/#', 'a', true],
    ['a/#', 'a/b/c', true],
    ['#', 'a/b', true],
    ['a/+', 'a', false],
    ['a/+', 'a/b/c', false],
    ['a/b', 'a', false],
    ['a', 'a/b', false],
    ['+', '', true],
  ])('%s on %s: %s', (filter, topic, matches) => {
    expect(filterMatches(filter.split('/'), topic.split('/'))).toBe(matches);
  });
});

describe('routes', () => {
  it('lets a rule win over the built-in topics', () => {
    const rules: RouteRule[] = [{ filter: 'pq/v1/old/+/data', family: 'flat', idLevel: 3, intervalS: 60 }];
    expect(route('pq/v1/old/TQ1/data', rules)).toMatchObject({ family: 'flat', id: 'TQ1', intervalS: 60 });
    expect(route('pq/v1/new/TQ1/data', rules)).toMatchObject({ family: 'native', org: 'new', id: 'TQ1' });
  });

  it('finds a native topic behind a bridge', () => {
    const rules: RouteRule[] = [{ filter: 'bridge/#', family: 'native' }];
    expect(route('bridge/7/pq/v1/lc/TQ1/data', rules)).toMatchObject({
      family: 'native',
      org: 'lc',
      id: 'TQ1',
    });
    expect(route('bridge/7/else', rules)).toMatchObject({ reason: 'topic-invalid' });
  });

  it.each([
    ['app/notify/event/database/ADC/ADC_77', '77'],
    ['a/b/app/notify/event/database/ADC/ADC_77', '77'],
    ['app/notify/event/database/ADC/other_77', 'other_77'],
    ['database/get/response/app/realtime', null],
    ['a/b/database/get/response/app/realtime', null],
  ])('%s is a terminal', (topic, id) => {
    expect(route(topic)).toMatchObject({ family: 'terminal', id });
  });

  it.each([
    'database',
    'notify/event/database/ADC',
    'app/notify/event/database/ADC/ADC_',
    'database/get/response/app/other',
  ])('%s is not', (topic) => {
    expect(route(topic)).toMatchObject({ reason: 'unknown-format' });
  });

  it('refuses a configured level that is no id', () => {
    expect(route('m/', [{ filter: 'm/+', family: 'flat', idLevel: 1 }])).toMatchObject({
      reason: 'topic-invalid',
    });
    expect(route('m', [{ filter: 'm', family: 'flat', idLevel: 5 }])).toMatchObject({
      reason: 'topic-invalid',
    });
  });

  it('answers the same from memory', () => {
    const router = new Router([], DECODE_LIMITS);
    expect(router.route('weather/v1/o/s')).toEqual(router.route('weather/v1/o/s'));
  });

  it('answers whatever came before', () => {
    const topics = [
      'o/T1/data',
      'o/T2/status',
      'o/T1',
      'o/',
      'o/a b/data',
      'other/T1/data',
      'o2/T1/data',
      'o/T1/x',
    ];
    const native = [...topics, 'a b/T1/data', '/T1/data', 'o//data', 'o/T/1/data'].map(
      (rest) => `pq/v1/${rest}`,
    );
    for (const before of native) {
      for (const topic of native) {
        const router = new Router([], DECODE_LIMITS);
        router.route(before);
        expect(router.route(topic), `${topic} after ${before}`).toEqual(route(topic));
      }
    }
  });
});

it.each(['', ' ', 'a b', 'a/b', 'a+', '#', 'a\u0000', 'a\u0085', 'a\ufffd', 'x'.repeat(129), 7, null])(
  '%j is no id',
  (text) => {
    expect(isId(text)).toBe(false);
  },
);

it.each(['TQ001', '台区7', 'a.b:c-d_e', 'x'.repeat(128)])('%s is an id', (text) => {
  expect(isId(text)).toBe(true);
});
