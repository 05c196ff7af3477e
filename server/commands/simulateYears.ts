import { extname } from 'node:path';
import { TRANSFORMERS_MAX } from '../../simulator/grid.ts';
import { ORDINARY_FAULTS } from '../../simulator/seasons/deviceFaults.ts';
import { WEATHER_YEARS_MIN } from '../../simulator/seasons/buildSeasonGrid.ts';
import { lastSeason, seasonNamed } from '../../simulator/seasons/season.ts';
import { writeSeasonFiles } from '../../simulator/seasons/seasonFiles.ts';
import { systemClock } from '../adapters/clock.ts';
import { UsageError } from '../usageError.ts';
import type { Terminal } from './parts.ts';
import { progressLine } from './progressLine.ts';
import { wholeNumber } from './wholeNumber.ts';

/** What is no single file: a name without ending. */
export function isFolder(out: string): boolean {
  return extname(out) === '';
}

interface YearsArgs {
  transformers: string;
  seed: string;
  history: string;
  out: string;
  season?: string | undefined;
  format: string;
  /** Of weather before the history. */
  'weather-years': string;
}

/** `simulate --history 3y --out FOLDER`: a grid that lives for years, and how to import it. */
export async function writeYears(args: YearsArgs, terminal: Terminal): Promise<void> {
  const { format } = args;
  if (format !== 'csv' && format !== 'parquet') throw new UsageError('--format is csv or parquet.');
  const line = progressLine(terminal);
  const files = await writeSeasonFiles({
    transformers: wholeNumber('transformers', args.transformers, 1, TRANSFORMERS_MAX),
    seed: wholeNumber('seed', args.seed, 0, 2 ** 31 - 1),
    season: seasonOf(args.season),
    historyYears: yearsOf(args.history),
    weatherYears: wholeNumber('weather-years', args['weather-years'], WEATHER_YEARS_MIN, 60),
    faults: ORDINARY_FAULTS,
    folder: args.out,
    format,
    onProgress: (stage, rows, share) => line.show({ stage, rows, share }),
  });
  line.clear();
  terminal.err('To import it:\n');
  for (const { kind, file, validFrom } of files) {
    const since = validFrom === undefined ? '' : ` --valid-from ${validFrom}`;
    terminal.out(`npm run -s peakvolt -- import ${kind} ${file}${since}\n`);
  }
}

function seasonOf(text: string | undefined): string {
  if (text === undefined) return lastSeason(systemClock.nowMs()).id;
  try {
    return seasonNamed(text).id;
  } catch {
    throw new UsageError('--season is like summer-2026 or winter-2026.');
  }
}

/** `3y` or `18mo`. */
function yearsOf(text: string): number {
  const match = /^(\d{1,3})(y|mo)$/.exec(text);
  const years = match ? Number(match[1]) / (match[2] === 'y' ? 1 : 12) : NaN;
  if (!(years >= 1 && years <= 20)) {
    throw new UsageError('--history with a folder is 1y to 20y, or 12mo to 240mo.');
  }
  return years;
}
