import { describe, expect, test } from 'vitest';
import type { ConditionEvent } from '../../server/core/event.ts';
import type { DeadLetter } from '../../server/core/reading.ts';
import type { Database } from '../../server/ports.ts';
import { gridOf, transformerOf } from '../fixtures/transformers.ts';

const NOON_MS = Date.UTC(2026, 6, 1, 12);
const HOUR_MS = 3_600_000;

/** The nouns of {@link Database} that devices and detectors feed. */
export function observationsContract(database: () => Database): void {
  describe('dead letters', () => {
    deadLettersContract(database);
  });
  describe('unknown transformers', () => {
    unknownContract(database);
  });
  describe('weather', () => {
    weatherContract(database);
  });
  describe('device reports and points', () => {
    reportsContract(database);
  });
  describe('condition events', () => {
    eventsContract(database);
  });
  test('settings are replaced, and absent until set', async () => {
    const { settings } = database();
    expect(await settings.get('mark')).toBeNull();
    await settings.set('mark', '1');
    await settings.set('mark', '二');
    expect(await settings.get('mark')).toBe('二');
  });
}

function letterOf(id: string, fields: Partial<DeadLetter> = {}): DeadLetter {
  return {
    id,
    receivedMs: NOON_MS,
    topic: 'pq/v1/demo/D1/data',
    payload: new Uint8Array([0, 255, 10, 0]),
    reason: 'unparsable',
    detail: 'not JSON',
    transformerId: null,
    ...fields,
  };
}

function deadLettersContract(database: () => Database): void {
  test('keeps a letter whole, bytes and hostile text included, once', async () => {
    const { deadLetters } = database();
    const letter = letterOf('d-whole', {
      detail: 'quote \' " and 中文 \u{1F50C}',
      topic: 'a\0b',
      transformerId: 'T\0',
    });
    await deadLetters.add([letter, letter]);
    await deadLetters.add([letter]);
    // PostgreSQL has no U+0000 in text; both products show the replacement character.
    expect(await deadLetters.get('d-whole')).toEqual({
      ...letter,
      topic: 'a\uFFFDb',
      transformerId: 'T\uFFFD',
    });
    await deadLetters.remove(['d-whole', 'never-there']);
    expect(await deadLetters.get('d-whole')).toBeNull();
  });

  test('lists newest first by page, filtered, each letter once', async () => {
    const { deadLetters } = database();
    const letters = Array.from({ length: 25 }, (_, i) =>
      letterOf(`p-${String(i).padStart(2, '0')}`, {
        receivedMs: NOON_MS + Math.floor(i / 3),
        reason: 'future',
        transformerId: i % 2 === 0 ? 'even' : 'odd',
      }),
    );
    await deadLetters.add(letters);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query = cursor === null ? {} : { cursor };
      const page = await deadLetters.list({ reason: 'future', limit: 10, ...query });
      seen.push(...page.items.map((letter) => letter.id));
      cursor = page.cursor;
    } while (cursor !== null);
    expect(seen).toEqual(letters.map((letter) => letter.id).toReversed());
    const even = await deadLetters.list({ transformerId: 'even', limit: 100 });
    expect(even.items).toHaveLength(13);
    expect(even.cursor).toBeNull();
    expect(await deadLetters.list({ cursor: '%%not-ours', limit: 10 })).toEqual({ items: [], cursor: null });
    expect(await deadLetters.countByReason()).toContainEqual({ reason: 'future', count: 25 });
  });

  test('prune keeps the newest', async () => {
    const { deadLetters } = database();
    await deadLetters.prune(0);
    await deadLetters.add([1, 2, 3, 4, 5].map((i) => letterOf(`q-${i}`, { receivedMs: NOON_MS + i })));
    expect(await deadLetters.prune(2)).toBe(3);
    const left = await deadLetters.list({ limit: 10 });
    expect(left.items.map((letter) => letter.id)).toEqual(['q-5', 'q-4']);
    expect(await deadLetters.countByReason()).toEqual([{ reason: 'unparsable', count: 2 }]);
  });
}

function unknownContract(database: () => Database): void {
  const stray = (id: string, transformerId: string, receivedMs = NOON_MS): DeadLetter =>
    letterOf(id, {
      reason: 'unknown-transformer',
      transformerId,
      receivedMs,
      topic: `pq/v1/north/${transformerId}/data`,
    });

  test('counts each letter once, survives pruning, shows what the device said of itself', async () => {
    const { deadLetters, reports } = database();
    const letters = [stray('u-1', 'U1'), stray('u-2', 'U1', NOON_MS + HOUR_MS), stray('u-3', 'U2')];
    await deadLetters.add(letters);
    await deadLetters.add([...letters, stray('u-4', 'U1', NOON_MS + 1)]);
    await reports.put([
      {
        kind: 'meta',
        transformerId: 'U1',
        org: 'north',
        receivedMs: NOON_MS,
        body: { name: '新台区', int: 900 },
      },
    ]);
    await deadLetters.prune(0);
    expect(await deadLetters.unknownTransformers(10)).toEqual([
      {
        transformerId: 'U1',
        org: 'north',
        count: 3,
        lastMs: NOON_MS + HOUR_MS,
        meta: { name: '新台区', int: 900 },
      },
      { transformerId: 'U2', org: 'north', count: 1, lastMs: NOON_MS, meta: null },
    ]);
    expect(await deadLetters.unknownTransformers(1)).toHaveLength(1);
  });

  test('a registered transformer is unknown no longer', async () => {
    const { deadLetters, registry } = database();
    await deadLetters.add([stray('u-5', 'U3', NOON_MS + 2 * HOUR_MS)]);
    await registry.upsert(gridOf(transformerOf('U3')), { validFromMs: NOON_MS });
    const ids = (await deadLetters.unknownTransformers(10)).map((unknown) => unknown.transformerId);
    expect(ids).not.toContain('U3');
    expect(ids).toContain('U2');
  });
}

function weatherContract(database: () => Database): void {
  test('the last sample of a time wins; ranges are half open and ascending', async () => {
    const { weather } = database();
    const at = (hour: number, tempC: number, humidityPct: number) => ({
      stationId: 'W1',
      tsMs: NOON_MS + hour * HOUR_MS,
      tempC,
      humidityPct,
    });
    await weather.add([at(2, 31, 60), at(0, 30.5, NaN), at(1, 0, 0)]);
    await weather.add([at(1, -7.25, 55), at(1, -7.5, 55)]);
    const range = await weather.range('W1', NOON_MS, NOON_MS + 2 * HOUR_MS);
    expect(range).toEqual([at(0, 30.5, NaN), at(1, -7.5, 55)]);
    expect(await weather.stations()).toContainEqual({
      stationId: 'W1',
      firstMs: NOON_MS,
      lastMs: NOON_MS + 2 * HOUR_MS,
      count: 3,
    });
    expect(await weather.range('nowhere', 0, NOON_MS)).toEqual([]);
  });

  test('names the stations with a forecast for a span, measured ones or not', async () => {
    const { weather } = database();
    const hour = (stationId: string, ahead: number) => ({
      stationId,
      tsMs: NOON_MS + ahead * HOUR_MS,
      tempC: 30,
      humidityPct: NaN,
    });
    await weather.addForecast([hour('WF2', 0), hour('WF2', 1), hour('WF1', 2)], NOON_MS);
    expect(await weather.forecastStations(NOON_MS, NOON_MS + 2 * HOUR_MS)).toEqual(['WF2']);
    expect(await weather.forecastStations(NOON_MS, NOON_MS + 3 * HOUR_MS)).toEqual(['WF1', 'WF2']);
    const measured = (await weather.stations()).map(({ stationId }) => stationId);
    expect(measured).not.toContain('WF1');
  });

  test('takes a year of hours at once', async () => {
    const { weather } = database();
    const year = Array.from({ length: 8_760 }, (_, i) => ({
      stationId: 'W2',
      tsMs: NOON_MS + i * HOUR_MS,
      tempC: i / 100,
      humidityPct: 50,
    }));
    await weather.add(year);
    expect(await weather.range('W2', 0, NOON_MS * 2)).toEqual(year);
  });
}

function reportsContract(database: () => Database): void {
  test('keeps the latest of each kind, whatever the order of arrival', async () => {
    const { reports } = database();
    const status = (receivedMs: number, online: boolean) =>
      ({ kind: 'status', transformerId: 'P1', org: 'demo', receivedMs, body: { online } }) as const;
    await reports.put([status(20, true), status(10, false)]);
    await reports.put([status(15, false)]);
    expect(await reports.get('P1')).toEqual([status(20, true)]);
    await reports.put([status(30, false), { ...status(5, true), kind: 'meta' }]);
    expect(await reports.get('P1')).toEqual([{ ...status(5, true), kind: 'meta' }, status(30, false)]);
    expect(await reports.get('nobody')).toEqual([]);
  });

  test('measuring points belong to registered transformers and keep their name', async () => {
    const { points, registry } = database();
    await registry.upsert(gridOf(transformerOf('P2')), { validFromMs: 0 });
    const outlet = { transformerId: 'P2', point: 'outlet', name: '', firstMs: 5 };
    const tail = { transformerId: 'P2', point: 'tail-7', name: '末端', firstMs: 6 };
    await points.add([tail, outlet, { ...outlet, transformerId: 'not-registered' }]);
    await points.add([{ ...tail, name: '' }]);
    expect(await points.of('P2')).toEqual([outlet, tail]);
    expect(await points.of('not-registered')).toEqual([]);
  });
}

function eventsContract(database: () => Database): void {
  const event = (tsMs: number, fields: Partial<ConditionEvent> = {}): ConditionEvent => ({
    transformerId: 'E1',
    point: 'outlet',
    condition: 'under-voltage',
    phase: 'b',
    kind: 'raised',
    severity: 'mild',
    tsMs,
    detectedMs: tsMs + 1,
    valueV: 196.5,
    limitV: 198,
    ...fields,
  });

  test('newest first, once each, a missing phase included', async () => {
    const { events } = database();
    const outage = event(2_000, {
      condition: 'outage',
      phase: null,
      severity: null,
      valueV: null,
      limitV: null,
    });
    const cleared = event(3_000, { kind: 'cleared', endedBy: 'outage' });
    await events.add([event(1_000), outage, cleared]);
    await events.add([{ ...outage, detectedMs: 9_999 }, event(1_000)]);
    const query = { transformerId: 'E1', fromMs: 1_000, toMs: 3_000, limit: 10 };
    expect(await events.list(query)).toEqual([outage, event(1_000)]);
    expect(await events.list({ ...query, toMs: 9_000, limit: 1 })).toEqual([cleared]);
  });

  test('lists every transformer when none is named', async () => {
    const { events } = database();
    await events.add([event(50_000, { transformerId: 'E2' }), event(50_001, { transformerId: 'E3' })]);
    const listed = await events.list({ fromMs: 50_000, toMs: 50_002, limit: 10 });
    expect(listed.map((e) => e.transformerId)).toEqual(['E3', 'E2']);
  });

  test('prune removes what happened before the time, and nothing at it', async () => {
    const { events } = database();
    await events.prune(70_000);
    await events.add([event(70_000), event(70_001), event(70_002)]);
    expect(await events.prune(70_001)).toBe(1);
    const left = await events.list({ fromMs: 0, toMs: 80_000, limit: 10 });
    expect(left.map((e) => e.tsMs)).toEqual([70_002, 70_001]);
  });
}
