import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from 'citty';
import { expect, test } from 'vitest';
import { simulateCommand } from '../../server/commands/simulate.ts';
import { inFolder } from './world.ts';

const HOUR_MS = 3_600_000;
const YEAR_HOURS = 8_760;
const STATIONS = 3;

test('weather is written from years before the history on, and as far as it', () =>
  inFolder(async (folder) => {
    const [history, weather] = [join(folder, 'history.csv'), join(folder, 'weather.csv')];
    await runCommand(simulateCommand, {
      rawArgs: ['--transformers', '1', '--history', '36h', '--out', history].concat([
        '--weather-out',
        weather,
        '--weather-years',
        '2',
      ]),
    });
    const rowsOf = async (file: string) => (await readFile(file, 'utf8')).trimEnd().split('\n').slice(1);
    const times = (await rowsOf(weather)).map((row) => Number(row.split(',')[1]));
    const lived = (await rowsOf(history)).map((row) => Number(row.split(',')[1]));
    expect(times).toHaveLength((2 * YEAR_HOURS + 36) * STATIONS);
    expect(times.at(-1)).toBe(lived.at(-1));
    expect(times[0]).toBe(times.at(-1)! - (2 * YEAR_HOURS + 35) * HOUR_MS);
  }));
