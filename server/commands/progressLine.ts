import type { Terminal } from './parts.ts';

const BAR_WIDTH = 24;
/** Without a length there is no share: then a line each so many rows. */
const ROWS_PER_LINE = 1_000_000;

export interface Progress {
  stage: string;
  /** Left out where work is not counted in rows. */
  rows?: number;
  share: number | null;
}

/**
 * One line that is overwritten on a screen; in a file or a pipe, a line each 10 %. The result shows a progress, `clear`
 * takes the line away.
 */
export function progressLine({ err, interactive }: Terminal): {
  show(progress: Progress): void;
  clear(): void;
} {
  let shown = '';
  let lastStep = '';
  return {
    show({ stage, rows, share }) {
      const percent = share === null ? null : Math.floor(share * 100);
      if (!interactive) {
        const step = `${stage} ${percent === null ? Math.floor((rows ?? 0) / ROWS_PER_LINE) : Math.floor(percent / 10)}`;
        if (step === lastStep) return;
        lastStep = step;
        err(`${stage}: ${said(percent === null ? '' : `${percent} %`, rows, ', ')}\n`);
        return;
      }
      const filled = Math.round((share ?? 0) * BAR_WIDTH);
      const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${String(percent ?? 0).padStart(3)} %`;
      const line = `${stage} ${said(percent === null ? '' : bar, rows, '  ')}`;
      if (line === shown) return;
      shown = line;
      err(`\r\u001B[K${line}`);
    },
    clear() {
      if (shown !== '') err('\r\u001B[K');
      shown = '';
    },
  };
}

function said(share: string, rows: number | undefined, between: string): string {
  return [share, rows === undefined ? '' : `${rows} rows`].filter((part) => part !== '').join(between);
}
