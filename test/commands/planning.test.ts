import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from 'citty';
import { describe, expect, it } from 'vitest';
import { exportReadiness, exportReadinessCommand } from '../../server/commands/exportReadiness.ts';
import { openParts } from '../../server/commands/openParts.ts';
import { forecastCommand, runPlan } from '../../server/commands/planning.ts';
import { loadConfig } from '../../server/config.ts';
import type { BacktestReport } from '../../server/core/forecast/backtestReport.ts';
import { seasonOf } from '../../server/core/forecast/season.ts';
import { UsageError } from '../../server/usageError.ts';
import { dailiesOf, weatherOf } from '../fixtures/dailyHistory.ts';
import { runOf } from '../fixtures/readiness.ts';
import { gridOf, transformerOf } from '../fixtures/transformers.ts';
import { inFolder, recordingTerminal } from './world.ts';

const summer = seasonOf('summer', 2026);
const DAYS = 3 * 365;
const FIRST_DAY = summer.lastDay - DAYS;
const ids = Array.from({ length: 10 }, (_, i) => `T${i}`);

async function configIn(folder: string, more = '') {
  const file = join(folder, 'peakvolt.yaml');
  await writeFile(file, `timeZone: UTC\nreadiness: { threads: 2, replicates: 4, crewCapacity: 3 }\n${more}`);
  return loadConfig({ file, env: {}, overrides: { dataDir: folder } });
}

async function fill(config: Awaited<ReturnType<typeof configIn>>): Promise<void> {
  const parts = await openParts(config);
  try {
    const transformers = ids.map((id) => transformerOf(id, { weatherStationId: 'W1' }));
    await parts.database.registry.upsert(gridOf(...transformers), { validFromMs: 0 });
    for (const [i, id] of ids.entries()) {
      await parts.store.writeDailies(dailiesOf(id, i, FIRST_DAY, DAYS));
    }
    await parts.database.weather.add(weatherOf('W1', FIRST_DAY, DAYS));
  } finally {
    await parts.stop();
  }
}

describe('forecast and back-test from the command line', () => {
  it('judges a transformer by the limit that it has of its own', () =>
    inFolder(async (folder) => {
      const config = await configIn(folder, 'limits: { overrides: [{ transformerId: T0, lowV: 230 }] }\n');
      await fill(config);
      const deps = { config, open: () => openParts(config), terminal: recordingTerminal() };
      const wish = { kind: 'forecast', seasonId: summer.id, originDay: summer.originDay } as const;
      const { csv, run } = await runPlan(wish, deps);
      const byId = new Map(csv.split('\n').map((line) => [line.split(',')[1], line]));
      expect(byId.get('T0')).toMatch(/,at_risk$/);
      expect(byId.get('T1')).toMatch(/,ready$/);
      expect(run.inputs).toMatchObject({ transformersWithOwnLimits: 1 });
    }));

  it('ranks what the history says will go low, scores it against what came, and keeps both runs', () =>
    inFolder(async (folder) => {
      const config = await configIn(folder);
      await fill(config);
      const deps = { config, open: () => openParts(config), terminal: recordingTerminal() };
      const originDay = summer.originDay;
      const forecast = await runPlan({ kind: 'forecast', seasonId: summer.id, originDay }, deps);
      const [header, ...lines] = forecast.csv.trimEnd().split('\n');
      expect(header).toBe(
        'rank,transformer_id,area_id,p_low,expected_low_hours,min_v_p10,min_v_p50,min_v_p90,cause,measure,min_v_after_p50,coverage_pct,status',
      );
      expect(lines).toHaveLength(ids.length);
      // The weakest line first, the strongest last.
      expect(lines[0]).toMatch(/^1,T9,.*,at_risk$/);
      expect(lines.at(-1)).toMatch(/^10,T[0-3],.*,ready$/);
      expect(forecast.run).toMatchObject({
        state: 'done',
        originDay,
        inputs: { transformersWithHistory: 10 },
      });

      const { run } = await runPlan({ kind: 'backtest', seasonId: summer.id, originDay: undefined }, deps);
      const report = run.report as BacktestReport;
      expect(report).toMatchObject({ seasonId: summer.id, transformers: ids.length, unknown: 0 });
      expect(report.low).toBeGreaterThan(0);
      expect(report.models.map(({ name }) => name)).toEqual([
        'model',
        'prevalence',
        'last-label',
        'last-minimum',
        'minimum-growth',
        'logistic',
      ]);

      const csv = new TextDecoder().decode(await exportReadiness(summer.id, 'csv', deps));
      expect(csv).toBe(forecast.csv);
      const book = await exportReadiness(summer.id, 'xlsx', deps);
      expect(new TextDecoder().decode(book.subarray(0, 2))).toBe('PK');
      await expect(exportReadiness('summer-2030', 'csv', deps)).rejects.toThrow(/No forecast of summer-2030/);

      const parts = await openParts(config);
      const kept = await parts.database.readiness.list({ limit: 10 });
      await parts.stop();
      expect(kept.map(({ kind, state }) => `${kind} ${state}`)).toEqual(['backtest done', 'forecast done']);
    }));

  it('says what is missing instead of a forecast from nothing', () =>
    inFolder(async (folder) => {
      const config = await configIn(folder);
      const deps = { config, open: () => openParts(config), terminal: recordingTerminal() };
      const request = { kind: 'forecast', seasonId: 'summer-2026', originDay: undefined } as const;
      await expect(runPlan(request, deps)).rejects.toThrow(/import a registry first/);
      await expect(runPlan({ ...request, seasonId: 'monsoon' }, deps)).rejects.toThrow(UsageError);
      // Its end would lie in a year of five digits.
      await expect(runPlan({ ...request, seasonId: 'winter-9999' }, deps)).rejects.toThrow(UsageError);
    }));

  it.each(['forecast', 'backtest', 'export'])(
    '%s tells a season that there is not, also of a service',
    (name) =>
      inFolder(async (folder) => {
        const config = await configIn(folder);
        const mark = { pid: process.ppid, url: 'http://127.0.0.1:9' };
        await writeFile(join(folder, 'service.json'), JSON.stringify(mark));
        const open = () => Promise.reject(new Error('a service has the folder'));
        const asked =
          name === 'export'
            ? exportReadiness('monsoon', 'csv', { config, open })
            : runPlan(
                { kind: name as 'forecast', seasonId: 'monsoon', originDay: undefined },
                { config, open, terminal: recordingTerminal() },
              );
        await expect(asked).rejects.toThrow(UsageError);
      }),
  );

  it.each([
    ['forecast', forecastCommand, ['--season', summer.id]],
    ['export readiness', exportReadinessCommand, ['--season', summer.id]],
  ] as const)('%s makes no folder of a name that was mistyped', (_name, command, args) =>
    inFolder(async (folder) => {
      const missing = join(folder, 'dtaa');
      const asked = runCommand(command as typeof forecastCommand, {
        rawArgs: [...args, '--data-dir', missing],
      });
      await expect(asked).rejects.toThrow(UsageError);
      await expect(asked).rejects.toThrow(/dtaa/);
      expect(existsSync(missing)).toBe(false);
    }),
  );

  it('says where it cannot write the ranking', () =>
    inFolder(async (folder) => {
      const config = await configIn(folder);
      const parts = await openParts(config);
      await parts.database.readiness.put(runOf('R', { seasonId: summer.id }));
      await parts.stop();
      const out = join(folder, 'none', 'ranking.csv');
      const rawArgs = ['--season', summer.id, '--out', out, '--data-dir', folder];
      await expect(runCommand(exportReadinessCommand, { rawArgs })).rejects.toThrow(
        /ranking\.csv cannot be written \(ENOENT\): give --out/,
      );
    }));

  it.each(['2027-02-31', '2027', '2027-05', '31.05.2027', ''])('takes %j for no date', async (origin) => {
    const rawArgs = ['--season', 'summer-2027', `--origin=${origin}`, '--data-dir', '/dev/null/none'];
    await expect(runCommand(forecastCommand, { rawArgs })).rejects.toThrow(/is not a date/);
  });
});
