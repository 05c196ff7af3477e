import { codeOf } from '../condition.ts';
import type { LiveColumns } from '../state/liveReducer.ts';
import { rgbOf, type Tokens } from '../tokens.ts';

/** What the points are coloured by. */
export const MAP_LAYERS = ['now', 'load', 'voltage', 'rate', 'readiness', 'tonight'] as const;
export type MapLayer = (typeof MAP_LAYERS)[number];

/** Shapes that the point shader draws; the number is its code there. */
export const POINT_SHAPE = {
  hidden: 0,
  dot: 1,
  ring: 2,
  disc: 3,
  triangleDown: 4,
  doubleTriangle: 5,
  triangleUp: 6,
  crossedSquare: 7,
  dashedRing: 8,
} as const;

/** By condition code. */
const SHAPE_OF_CONDITION: readonly number[] = [
  POINT_SHAPE.dot,
  POINT_SHAPE.ring,
  POINT_SHAPE.dashedRing,
  POINT_SHAPE.disc,
  POINT_SHAPE.triangleUp,
  POINT_SHAPE.triangleDown,
  POINT_SHAPE.doubleTriangle,
  POINT_SHAPE.crossedSquare,
];

/** A step of a colour scale: values below `below` (and not below the step before) have this colour. */
interface ScaleStep {
  below: number;
  color: string;
}

/** Load in % of capacity: calm up to 60, heavy from 80 and overload from 100 (domain.md §1). One hue, dark to bright. */
export const LOAD_SCALE: readonly ScaleStep[] = [
  { below: 30, color: '#3d5a73' },
  { below: 60, color: '#5585a8' },
  { below: 80, color: '#8fb4c9' },
  { below: 100, color: '#f0a030' },
  { below: Infinity, color: '#d1203f' },
];

/** Lowest phase in % of nominal: the bands of the conditions with the good side split (198/187/176 V of 220). */
export const VOLTAGE_SCALE: readonly ScaleStep[] = [
  { below: 80, color: '#d1203f' },
  { below: 85, color: '#e8622c' },
  { below: 90, color: '#f0a030' },
  { below: 95, color: '#d8c14a' },
  { below: 107, color: '#4f8a94' },
  { below: Infinity, color: '#3f8efc' },
];

function scaleColor(scale: readonly ScaleStep[], value: number): string {
  return (scale.find((step) => value < step.below) ?? scale[scale.length - 1]!).color;
}

export interface PointPaint {
  layer: MapLayer;
  tokens: Tokens;
  /** Rows that the filters let through; others are hidden. */
  visible: Uint8Array;
  /** Of all, or by row. */
  nominalV: number | readonly number[];
  /** Condition code whose look each row takes, on a layer that is not of now; a row beyond its end is unknown. */
  looks: Uint8Array | null;
}

/** Nominal phase voltage of a row, V. */
export function nominalOf(nominalV: number | readonly number[], row: number): number {
  return typeof nominalV === 'number' ? nominalV : (nominalV[row] ?? NaN);
}

/** Colours (RGBA) and shapes of all points: what the shader reads. */
export interface PointBuffers {
  color: Uint8Array;
  shape: Uint8Array;
}

export function makePointBuffers(rows: number): PointBuffers {
  return { color: new Uint8Array(rows * 4), shape: new Uint8Array(rows) };
}

/** Paints the named rows (all, when `rows` is `null`) into the buffers. */
export function paintPoints(
  columns: Pick<LiveColumns, 'condition' | 'worstV' | 'loadPct'>,
  paint: PointPaint,
  buffers: PointBuffers,
  rows: readonly number[] | null,
): void {
  const byCode = paint.tokens.conditions.map(rgbOf);
  const noData = codeOf('no-data');
  const { looks } = paint;
  const one = (row: number): void => {
    const code = looks === null ? columns.condition[row]! : (looks[row] ?? noData);
    let shape = SHAPE_OF_CONDITION[code] ?? POINT_SHAPE.dashedRing;
    let rgb = byCode[code] ?? byCode[noData]!;
    const value =
      paint.layer === 'load'
        ? columns.loadPct[row]!
        : (columns.worstV[row]! / nominalOf(paint.nominalV, row)) * 100;
    if (paint.layer !== 'now' && looks === null && shape !== POINT_SHAPE.crossedSquare) {
      if (Number.isNaN(value)) {
        shape = POINT_SHAPE.dashedRing;
        rgb = byCode[noData]!;
      } else {
        if (shape === POINT_SHAPE.dot || paint.layer === 'load') shape = POINT_SHAPE.disc;
        rgb = rgbOf(scaleColor(paint.layer === 'load' ? LOAD_SCALE : VOLTAGE_SCALE, value));
      }
    }
    buffers.shape[row] = paint.visible[row] === 1 ? shape : POINT_SHAPE.hidden;
    buffers.color.set(rgb, row * 4);
    buffers.color[row * 4 + 3] = 255;
  };
  if (rows === null) for (let row = 0; row < columns.condition.length; row++) one(row);
  else rows.forEach(one);
}

/** Of the changed rows, those that are severe now and were drawn as something else before. Asked before painting. */
export function newlySevere(
  condition: Uint8Array,
  buffers: PointBuffers,
  changed: readonly number[],
): number[] {
  const severe = codeOf('severe-low');
  return changed.filter((row) => {
    const before = buffers.shape[row];
    return (
      condition[row] === severe && before !== POINT_SHAPE.doubleTriangle && before !== POINT_SHAPE.hidden
    );
  });
}

/** Radius in CSS pixels at the scale 1: area grows with the customers behind it. */
export function pointRadius(customers: number): number {
  return Math.min(6.5, 2.2 + Math.sqrt(Math.max(0, customers)) * 0.17);
}

/** Drawn first to last: dots, then rings, then discs, dashes and up-triangles, then what is serious. By shape code. */
const RANK_OF_SHAPE = [-1, 0, 1, 2, 3, 3, 2, 3, 2];
const RANKS = 4;

/**
 * Rows in the order in which they are drawn: `dots` plain ones first, then up to `calm` those that can wait, urgent
 * ones last; hidden rows are not in it.
 */
export function drawOrder(shape: Uint8Array): {
  order: Uint32Array<ArrayBuffer>;
  dots: number;
  calm: number;
} {
  const next = new Uint32Array(RANKS + 1);
  for (const code of shape) {
    const rank = RANK_OF_SHAPE[code]!;
    if (rank >= 0) next[rank + 1]! += 1;
  }
  for (let rank = 1; rank <= RANKS; rank++) next[rank]! += next[rank - 1]!;
  const order = new Uint32Array(next[RANKS]!);
  const [dots, calm] = [next[1]!, next[3]!];
  shape.forEach((code, row) => {
    const rank = RANK_OF_SHAPE[code]!;
    if (rank >= 0) order[next[rank]!++] = row;
  });
  return { order, dots, calm };
}
