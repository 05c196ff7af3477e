import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { topicMatcher } from '../../../server/adapters/mqtt/topicFilter.ts';

test.each([
  // MQTT 3.1.1 §4.7.1.2 and §4.7.1.3, their own examples
  [
    'sport/tennis/player1/#',
    ['sport/tennis/player1', 'sport/tennis/player1/ranking'],
    ['sport/tennis/player10'],
  ],
  ['sport/tennis/+', ['sport/tennis/player1'], ['sport/tennis/player1/ranking', 'sport/tennis']],
  ['sport/+', ['sport/', 'sport/x'], ['sport', 'sport/x/y']],
  ['+/+', ['/finance'], ['finance']],
  ['+', ['finance'], ['/finance', '$SYS']],
  ['#', ['a', 'a/b', '/'], ['$SYS/uptime']],
  ['$SYS/#', ['$SYS/uptime'], ['SYS/uptime']],
  [
    '+/notify/event/database/#',
    ['app/notify/event/database/ADC/1', 'app/notify/event/database'],
    ['a/b/notify/event/database/x'],
  ],
  ['$share/ingest/pq/v1/#', ['pq/v1/o/t/data'], ['ingest/pq/v1/o/t/data']],
])('%s', (filter, matching, others) => {
  const matches = topicMatcher([filter]);
  expect(matching.filter((topic) => !matches(topic))).toEqual([]);
  expect(others.filter((topic) => matches(topic))).toEqual([]);
});

test('a topic matches itself, itself with any level replaced by +, and any of its beginnings followed by #', () => {
  const level = fc.stringMatching(/^[a-z0-9台区]{0,3}$/);
  const topics = fc.array(level, { minLength: 1, maxLength: 10 }).filter((levels) => levels.join('/') !== '');
  fc.assert(
    fc.property(topics, fc.nat(), (levels, at) => {
      const topic = levels.join('/');
      const i = at % levels.length;
      expect(topicMatcher([topic])(topic)).toBe(true);
      expect(topicMatcher([levels.with(i, '+').join('/')])(topic)).toBe(true);
      expect(topicMatcher([[...levels.slice(0, i), '#'].join('/')])(topic)).toBe(true);
      expect(topicMatcher([`${topic}/+`])(topic)).toBe(false);
      expect(topicMatcher([])(topic)).toBe(false);
    }),
  );
});
