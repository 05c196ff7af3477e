import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { withInterval } from './markdown.ts';
import { withPart } from './realDocument.ts';

it('replaces one part of the document and leaves the others', () => {
  const before = 'head\n<!-- a -->\n\nold\n\n<!-- end of a -->\nbetween\n<!-- b -->\n<!-- end of b -->\n';
  const after = withPart(before, 'a', '\nnew\n');
  expect(after).toBe(before.replace('old', 'new'));
  expect(withPart(after, 'a', 'new')).toBe(after);
  expect(() => withPart(before, 'c', 'x')).toThrow('no part "c"');
});

it.each([
  [{ value: 1.234, low: 1, high: 2 }, '1.23 (1.00–2.00)'],
  [{ value: 1.234, low: null, high: null }, '1.23'],
  [{ value: null, low: null, high: null }, '–'],
])('%j is shown as %s', (interval, shown) => expect(withInterval(interval, 2)).toBe(shown));

it.each([[['transformer']], [['weather=/no/such/file.csv']], [['ingest=x.csv']], [['nothing']], [[]]])(
  'a bench without what it needs says how to give it: %j',
  (names) => {
    const { status, stderr, stdout } = spawnSync(process.execPath, ['test/bench/main.ts', ...names], {
      encoding: 'utf8',
    });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('transformer=FILE');
  },
);
