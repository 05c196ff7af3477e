import type { GridIndex } from './gridIndex.ts';
import type { EvidenceNow, GridEvidence } from './incident/gridEvidence.ts';
import type { LiveRows } from './liveRows.ts';
import { VALUE, VALUES, type PointStates } from './pointStates.ts';
import { OUTLET_POINT } from './reading.ts';
import type { ReplayRing } from './replayRing.ts';
import { NONE } from './table.ts';

interface EvidenceParts {
  grid: GridIndex;
  points: PointStates;
  rows: LiveRows;
  replay: ReplayRing;
}

/** The live picture as evidence: reads what is there at the moment of asking, copies nothing. */
export function liveEvidence(parts: EvidenceParts): GridEvidence {
  const { grid, rows, replay } = parts;
  return {
    now(transformerId) {
      const row = grid.rowOf(transformerId);
      if (row < 0) return null;
      rows.refresh();
      return evidenceNow(parts, row);
    },
    beforeV(transformerId, atMs) {
      const row = grid.rowOf(transformerId);
      if (row < 0) return NaN;
      rows.refresh();
      return replay.voltageV(row, atMs);
    },
  };
}

function evidenceNow({ grid, points, rows }: EvidenceParts, row: number): EvidenceNow | null {
  const { next } = grid.points.columns;
  let outlet = NONE;
  let lowestTailV = NaN;
  for (let p = grid.rows.columns.firstPoint[row]!; p !== NONE; p = next[p]!) {
    if (grid.pointNames[p] === OUTLET_POINT) {
      outlet = p;
    } else if (points.hasData(p)) {
      const voltageV = points.lowestV(p);
      if (!(lowestTailV <= voltageV)) lowestTailV = voltageV;
    }
  }
  if (outlet === NONE) return null;
  const { values, lastTsMs } = points.columns;
  const value = (index: number): number => values[outlet * VALUES + index]!;
  return {
    uaV: value(VALUE.ua),
    ubV: value(VALUE.ub),
    ucV: value(VALUE.uc),
    iaA: value(VALUE.ia),
    ibA: value(VALUE.ib),
    icA: value(VALUE.ic),
    loadPct: rows.table.columns.loadPct[row]!,
    tsMs: lastTsMs[outlet]!,
    hasData: points.hasData(outlet),
    lowestTailV,
    intervalS: points.intervalMs(outlet) / 1000,
  };
}
