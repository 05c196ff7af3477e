import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RouteRule } from '../../server/ingest/options.ts';
import { Site, fixture } from './site.ts';

/** docs/payloads.md: its examples are the fixtures, and each decodes on the topic that stands above it. */
const text = readFileSync(new URL('../../docs/payloads.md', import.meta.url), 'utf8');
const routes: RouteRule[] = [
  { filter: 'meters/+/up', family: 'flat', idLevel: 1 },
  { filter: 'telegraf/#', family: 'line' },
  { filter: '$oc/#', family: 'terminal' },
];

const examples: { topic: string; name: string; body: string }[] = [];
let topic = '';
for (const match of text.matchAll(/^Topic `(.+)`$|^```\w+ ([\w.-]+)\n([\s\S]*?)^```$/gm)) {
  if (match[1] === undefined) examples.push({ topic, name: match[2]!, body: match[3]! });
  else topic = match[1];
}

describe('docs/payloads.md', () => {
  it('shows every fixture', () => {
    const files = readdirSync(new URL('../fixtures/payloads/', import.meta.url));
    expect(examples.map(({ name }) => name).sort()).toEqual(files.sort());
  });

  it.each(examples)('$name decodes on $topic', ({ topic, name, body }) => {
    expect(body).toBe(fixture(name).toString());
    const batch = new Site({ routes }).decode(topic, body);
    expect(batch.deadLetters).toEqual([]);
    expect(batch.readings.length + batch.weather.length).toBeGreaterThan(0);
  });
});
