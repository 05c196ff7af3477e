import { describe, expect, it } from 'vitest';
import { READING_FLAG } from '../../server/core/reading.ts';
import { Site, T0_MS, fixture, measured, textOf } from './site.ts';

const TOPIC = 'telegraf/gw-1/pq';
const routes = [{ filter: 'telegraf/#', family: 'line' }] as const;
const site = (): Site => new Site({ routes });

describe('line protocol', () => {
  it('takes each line as a reading', () => {
    const { readings, deadLetters } = site().decode(TOPIC, fixture('lines.txt'));
    expect(readings.map(measured)).toEqual([
      {
        transformerId: 'TQ001',
        point: 'outlet',
        tsMs: T0_MS,
        uaV: 221.3,
        ubV: 219.8,
        ucV: 223.1,
        iaA: 310,
        flags: 0,
      },
      { transformerId: 'TQ002', point: 'tail-0042', tsMs: T0_MS, uaV: 226.4, flags: 0 },
    ]);
    expect(deadLetters).toEqual([]);
  });

  it.each(['1753000800', '1753000800000', '1753000800000000', '1753000800000000000'])(
    'tells the precision of %s',
    (time) => {
      expect(site().reading(TOPIC, `pq,tq=TQ001 ua=220 ${time}`).tsMs).toBe(T0_MS);
    },
  );

  it('undoes escapes, and passes over text fields, comments and blank lines', () => {
    const text = `# from a gateway\n\npq\\ b,site=A\\,B\\=C,tq=台区7 note="a,b \\" c=1",ok=true,ua=220.5,hist=t  ${T0_MS}\r\n`;
    const reading = site().reading(TOPIC, text);
    expect([reading.transformerId, reading.uaV, reading.flags]).toEqual([
      '台区7',
      220.5,
      READING_FLAG.history,
    ]);
  });

  it('refuses only the bad lines, each with its own text', () => {
    const lines = [`pq,tq=TQ001 ua=220 ${T0_MS}`, 'pq,tq=TQ001 ua=', `pq,tq=NEW ua=220 ${T0_MS}`];
    const batch = site().decode(TOPIC, lines.join('\n'));
    expect(batch.readings).toHaveLength(1);
    expect(batch.deadLetters.map((letter) => [letter.reason, textOf(letter)])).toEqual([
      ['unparsable', lines[1]],
      ['unknown-transformer', lines[2]],
    ]);
  });

  it.each([
    ['nothing', '', 'unparsable'],
    ['only comments', '# a\n# b', 'unparsable'],
    ['no fields', 'pq,tq=TQ001', 'unparsable'],
    ['a quote that does not close', `pq,tq=TQ001 note="a,ua=220 ${T0_MS}`, 'unparsable'],
    ['no time', 'pq,tq=TQ001 ua=220', 'unparsable'],
    ['a time that is no number', 'pq,tq=TQ001 ua=220 now', 'unparsable'],
    ['no transformer', `pq ua=220 ${T0_MS}`, 'unparsable'],
    ['a voltage in quotes', `pq,tq=TQ001 ua="220" ${T0_MS}`, 'unparsable'],
    ['no voltage', `cpu,tq=TQ001 load=0.3 ${T0_MS}`, 'no-voltage'],
    ['a long line', `pq,tq=TQ001 note="${'x'.repeat(9000)}",ua=220 ${T0_MS}`, 'too-large'],
    [
      'too many pairs',
      `pq,tq=TQ001 ${Array.from({ length: 300 }, (_, i) => `f${i}=1`).join(',')} ${T0_MS}`,
      'unparsable',
    ],
    ['a megabyte and more', '#'.repeat(1024 * 1024 + 1), 'too-large'],
  ])('refuses %s', (_, text, reason) => {
    expect(site().letter(TOPIC, text).reason).toBe(reason);
  });

  it('keeps the rest together after too many refusals', () => {
    const bounded = new Site({ routes, limits: { elementRefusalsMax: 2 } });
    const { deadLetters } = bounded.decode(TOPIC, `a\nb\nc\npq,tq=TQ001 ua=220 ${T0_MS}`);
    expect(deadLetters.map(textOf)).toEqual(['a', 'b', `c\npq,tq=TQ001 ua=220 ${T0_MS}`]);
  });
});
