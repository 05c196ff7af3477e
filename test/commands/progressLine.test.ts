import { describe, expect, test } from 'vitest';
import { progressLine } from '../../server/commands/progressLine.ts';
import { recordingTerminal } from './world.ts';

describe('progress', () => {
  test('in a pipe is a line each ten percent', () => {
    const terminal = recordingTerminal();
    const line = progressLine(terminal);
    for (let i = 0; i <= 1_000; i++) line.show({ stage: 'history', rows: i, share: i / 1_000 });
    line.clear();
    const lines = terminal.stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(11);
    expect(lines.at(0)).toBe('history: 0 %, 0 rows');
    expect(lines.at(-1)).toBe('history: 100 %, 1000 rows');
  });

  test('on a screen is one line, taken away at the end', () => {
    const terminal = recordingTerminal(true);
    const line = progressLine(terminal);
    line.show({ stage: 'history', rows: 5, share: 0.5 });
    line.show({ stage: 'history', rows: 5, share: 0.5 });
    line.clear();
    expect(terminal.stderr).toBe(
      `\r\u001B[Khistory ${'█'.repeat(12)}${'░'.repeat(12)}  50 %  5 rows\r\u001B[K`,
    );
  });

  test('of work that is not counted in rows says its share alone', () => {
    const pipe = recordingTerminal();
    progressLine(pipe).show({ stage: 'forecast', share: 0.18 });
    expect(pipe.stderr).toBe('forecast: 18 %\n');
    const screen = recordingTerminal(true);
    progressLine(screen).show({ stage: 'forecast', share: 0.5 });
    expect(screen.stderr).toBe(`\r\u001B[Kforecast ${'█'.repeat(12)}${'░'.repeat(12)}  50 %`);
  });

  test('of unknown length counts rows', () => {
    const terminal = recordingTerminal();
    const line = progressLine(terminal);
    for (const rows of [0, 10, 999_999, 1_000_000]) line.show({ stage: 'history', rows, share: null });
    expect(terminal.stderr).toBe('history: 0 rows\nhistory: 1000000 rows\n');
  });
});
