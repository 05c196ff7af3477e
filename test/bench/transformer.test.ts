import { beforeAll, describe, expect, it } from 'vitest';
import { chanceOf } from '../../server/core/forecast/chance.ts';
import { DAY_MS, HOUR_MS } from '../../server/core/localTime.ts';
import { measureTransformer, type TransformerResult } from './transformer.ts';
import { transformerPart } from './transformerDocument.ts';

/** The bench on a simulated transformer whose numbers are known: a source that follows the year, a drop by load, noise. */

const FIRST_MS = Date.UTC(2024, 0, 1);
const DAYS = 200;
const OHM = 0.06;

function historyCsv(): string {
  const chance = chanceOf(7);
  const rows: string[] = [];
  for (let hour = 0; hour < DAYS * 24; hour++) {
    const day = Math.floor(hour / 24);
    const sourceV = 240 - 6 * Math.cos((2 * Math.PI * (day - 20)) / 365);
    const evening = 0.5 + 0.5 * Math.sin((2 * Math.PI * ((hour % 24) - 13)) / 24);
    const loadA = (60 + 60 * evening) * (day % 7 < 2 ? 0.6 : 1) * (1 + 0.1 * chance.normal());
    const volts = [0, 1, 2].map((c) => (sourceV - OHM * loadA - c + 0.3 * chance.normal()).toFixed(2));
    const amps = [1, 0.95, 1.05].map((share) => (share * loadA).toFixed(1));
    // A week without data, as there is in every real history.
    if (day >= 100 && day < 107) continue;
    rows.push(['T1', FIRST_MS + hour * HOUR_MS, ...volts, ...amps].join(','));
  }
  return ['transformer_id,ts,ua_v,ub_v,uc_v,ia_a,ib_a,ic_a', ...rows, rows[5]!].join('\n');
}

describe('one transformer', () => {
  let result: TransformerResult;
  beforeAll(async () => {
    const place = { transformerId: 'T1', nominalV: 230, timeZone: 'UTC' };
    result = await measureTransformer({ csv: historyCsv() }, place);
  }, 240_000);

  const rmseV = ({ methods }: { methods: TransformerResult['splits'][0]['days']['methods'] }, name: string) =>
    methods.find((m) => m.name === name)!.rmseV.value!;

  it('takes the file in through the import', () => {
    expect(result.report).toMatchObject({ duplicate: 1, refused: 0 });
    expect(result.days).toMatchObject({ first: FIRST_MS / DAY_MS, last: FIRST_MS / DAY_MS + DAYS - 1 });
  });

  it('splits at ends of months, expanding', () => {
    const ends = result.splits.map(({ originDay }) =>
      new Date(originDay * DAY_MS).toISOString().slice(5, 10),
    );
    expect(ends).toEqual(['02-29', '03-31', '04-30', '05-31']);
    const known = result.splits.map(({ daysBefore }) => daysBefore);
    expect(known).toEqual(known.toSorted((a, b) => a - b));
  });

  it('finds the slope and follows the source', () => {
    const { slopeVPerA, sourceV } = result.splits.at(-1)!;
    expect(Math.abs(slopeVPerA - OHM)).toBeLessThan(0.02);
    expect(Math.abs(sourceV[0] - 243)).toBeLessThan(4);
  });

  it('left alone, the model is nearer than a line and the mean once it has seen some of the year', () => {
    for (const { days } of result.splits.slice(-2)) {
      expect(rmseV(days, 'model')).toBeLessThan(rmseV(days, 'fixed line'));
      expect(rmseV(days, 'model')).toBeLessThan(rmseV(days, 'training mean'));
    }
  });

  it('is as near as noise and drift allow a day ahead, and nearer than a line a month ahead', () => {
    const [day] = result.rolling;
    expect(rmseV(day!.errors, 'model')).toBeLessThan(1.5);
    const month = result.rolling.at(-1)!;
    expect(month.lagDays).toBe(28);
    expect(rmseV(month.errors, 'model')).toBeLessThan(rmseV(month.errors, 'line fitted again'));
  });

  it('asks every hour too', () => {
    const { days, hours } = result.splits.at(-1)!;
    expect(hours.cells).toBeGreaterThan(20 * days.cells);
    expect(rmseV(hours, 'model')).toBeLessThan(rmseV(hours, 'training mean'));
  });

  it('writes every table and says who is better', () => {
    const text = transformerPart(result);
    expect(text).toContain('| 28 days before |');
    expect(text.match(/voltages in \d+ weeks/g)).toHaveLength(2 + result.rolling.length);
    expect(text).toMatch(/[Ww]orse than the model|Better than the model/);
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
  });
});

it('says when a history is too short', async () => {
  const csv = historyCsv()
    .split('\n')
    .slice(0, 24 * 40)
    .join('\n');
  const place = { transformerId: 'T1', nominalV: 230, timeZone: 'UTC' };
  await expect(measureTransformer({ csv }, place)).rejects.toThrow('too short');
});
