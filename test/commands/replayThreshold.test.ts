import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from 'citty';
import { describe, expect, test } from 'vitest';
import { createDatabase } from '../../server/adapters/db/database.ts';
import {
  replayThreshold,
  replayThresholdCommand,
  type ThresholdRequest,
} from '../../server/commands/replayThreshold.ts';
import type { Parts } from '../../server/commands/parts.ts';
import { loadConfig } from '../../server/config.ts';
import type { ReadingStore } from '../../server/ports.ts';
import { columnsOf, meanHistory } from '../fixtures/meanHistory.ts';
import { gridOf, transformerOf } from '../fixtures/transformers.ts';
import { realClock, recordingLog } from '../fixtures/world.ts';
import { inFolder, recordingTerminal } from './world.ts';

const FROM_MS = Date.UTC(2026, 6, 14, 10);
const TO_MS = FROM_MS + 6 * 3_600_000;
const DIP = [...Array<number>(12).fill(225), ...Array<number>(12).fill(193), ...Array<number>(12).fill(225)];
const REQUEST: ThresholdRequest = { tree: {}, fromMs: FROM_MS, toMs: TO_MS, areaId: null, format: 'json' };

/** Runs it in a folder that no service serves, over two transformers that were low for two hours. */
async function run(request: Partial<ThresholdRequest>) {
  const terminal = recordingTerminal();
  let stopped = 0;
  let failed: Error | null = null;
  await inFolder(async (folder) => {
    const config = loadConfig({ env: {}, overrides: { dataDir: folder } });
    const log = recordingLog();
    const database = createDatabase({ file: join(folder, 'p.sqlite'), log, clock: realClock });
    const open = async (): Promise<Parts> => {
      await database.start();
      const grid = gridOf(transformerOf('T1'), transformerOf('T9', { areaId: 'A9', feederId: 'F9' }));
      await database.registry.upsert(grid, { validFromMs: 0 });
      const store = meanHistory(
        ['T1', 'T9'].map((id) => columnsOf(id, FROM_MS, DIP)),
      ) as unknown as ReadingStore;
      const stop = async (): Promise<void> => {
        stopped += 1;
        await database.stop();
      };
      return { config, clock: realClock, log, database, store, stop };
    };
    await replayThreshold({ ...REQUEST, ...request }, { config, open, terminal }).catch(
      (error: Error) => (failed = error),
    );
  });
  return { terminal, stopped, failed: failed as Error | null };
}

describe('replay-threshold', () => {
  test('writes the report to standard output, the sum to the person, and leaves nothing open', async () => {
    const { terminal, stopped } = await run({ tree: { limits: { profile: 'ansi-c84.1' } } });
    const { draft, inForce } = JSON.parse(terminal.stdout) as Record<string, { incidents: number }>;
    expect([draft!.incidents, inForce!.incidents]).toEqual([2, 2]);
    expect(terminal.stderr).toMatch(/This rule: 2 incidents, \d told at once\. In force: 2, 0\.\n$/);
    expect(stopped).toBe(1);
  });

  test('as CSV: one line an incident of either rule', async () => {
    const { terminal } = await run({ areaId: 'A9', format: 'csv', tree: { detection: { mildDelayS: 0 } } });
    const [head, ...lines] = terminal.stdout.trim().split('\n');
    expect(head).toMatch(/^rule,started,ended,feeder_id,/);
    expect(lines.map((line) => line.split(',').slice(0, 4))).toEqual([
      ['draft', '2026-07-14T12:00:00.000Z', expect.stringMatching(/^2026-07-14T14:/), 'F9'],
      ['in-force', '2026-07-14T12:00:00.000Z', expect.stringMatching(/^2026-07-14T14:/), 'F9'],
    ]);
  });

  test('an area that is not there is a mistake of the caller, and nothing stays open', async () => {
    const { failed, stopped, terminal } = await run({ areaId: 'A7' });
    expect(failed?.message).toBe('There is no area A7.');
    expect(stopped).toBe(1);
    expect(terminal.stdout).toBe('');
  });

  test('a rule with faults opens nothing', async () => {
    const { failed, stopped } = await run({ tree: { detection: { severeBelowPu: 7 } } });
    expect(failed?.message).toContain('detection.severeBelowPu');
    expect(stopped).toBe(0);
  });

  test.each([
    [{ from: 'yesterday' }, 'yesterday'],
    [{ to: '2026-07-01' }, '--to must be after --from'],
    [{ format: 'xml' }, 'xml'],
    [{ rule: 'gone.yaml' }, 'gone.yaml'],
  ])('what it cannot take is said: %j', (given, said) =>
    inFolder(async (folder) => {
      const rule = join(folder, 'rule.yaml');
      await writeFile(rule, 'detection: { mildDelayS: 600 }');
      const args = {
        rule,
        from: '2026-07-01',
        to: '2026-07-08',
        format: 'json',
        'data-dir': folder,
        ...given,
      };
      const rawArgs = Object.entries(args).flatMap(([name, value]) => [`--${name}`, value]);
      await expect(runCommand(replayThresholdCommand, { rawArgs })).rejects.toThrow(said);
    }),
  );
});
