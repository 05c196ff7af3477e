import { codeOf, conditionOf, isLow } from '../condition.ts';
import type { LiveGrid } from '../state/liveReducer.ts';
import type { Tokens } from '../tokens.ts';

/** Numbers beside what is not normal, drawn with the system's own faces over the map. */

export interface Label {
  row: number;
  x: number;
  y: number;
  text: string;
  /** Names stand below the point and are quiet; numbers stand beside it. */
  name: boolean;
}

const LABELS_MAX = 120;
const CELL_PX = { width: 46, height: 18 };
const NAME_CELLS = 3;

/**
 * Which labels fit: most urgent first, none over another (a coarse grid of cells keeps the check cheap).
 *
 * @param ranked rows in the order of the list; only those in view are considered
 */
export function placeLabels(
  ranked: readonly { row: number; x: number; y: number; number: string; name: string }[],
  withNames: boolean,
): Label[] {
  const taken = new Set<string>();
  const labels: Label[] = [];
  for (const { row, x, y, number, name } of ranked) {
    if (labels.length >= LABELS_MAX) break;
    if (number !== '' && claim(taken, x + 10, y, 1))
      labels.push({ row, x: x + 11, y, text: number, name: false });
    if (withNames && claim(taken, x - CELL_PX.width, y + CELL_PX.height, NAME_CELLS)) {
      labels.push({ row, x, y: y + 17, text: name, name: true });
    }
  }
  return labels;
}

function claim(taken: Set<string>, x: number, y: number, cells: number): boolean {
  const column = Math.floor(x / CELL_PX.width);
  const line = Math.round(y / CELL_PX.height);
  const keys = Array.from({ length: cells + 1 }, (_, i) => `${column + i}/${line}`);
  if (keys.some((key) => taken.has(key))) return false;
  keys.forEach((key) => taken.add(key));
  return true;
}

/** Rows whose number is worth ink: low and over-voltage. */
export function hasNumber(code: number): boolean {
  const condition = conditionOf(code);
  return isLow(condition) || code === codeOf('over-voltage');
}

export function drawLabels(
  context: CanvasRenderingContext2D,
  labels: readonly Label[],
  tokens: Tokens,
): void {
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  context.lineWidth = 3.5;
  context.strokeStyle = tokens.ground;
  for (const label of labels) {
    context.font = `${label.name ? '400' : '600'} 12px ${tokens.face}`;
    context.textAlign = label.name ? 'center' : 'left';
    context.fillStyle = label.name ? tokens.quiet : tokens.text;
    context.strokeText(label.text, label.x, label.y);
    context.fillText(label.text, label.x, label.y);
  }
}

/** The ring around what is selected or under the pointer. */
export function drawRing(
  context: CanvasRenderingContext2D,
  place: { x: number; y: number },
  color: string,
  strong: boolean,
): void {
  context.beginPath();
  context.arc(place.x, place.y, strong ? 15 : 13, 0, Math.PI * 2);
  context.lineWidth = strong ? 2.5 : 1.2;
  context.strokeStyle = color;
  context.stroke();
}

/** One ring that grows and fades; `share` of its life is over. */
export function drawPulse(
  context: CanvasRenderingContext2D,
  place: { x: number; y: number },
  color: string,
  share: number,
): void {
  context.beginPath();
  context.arc(place.x, place.y, 10 + 26 * share, 0, Math.PI * 2);
  context.globalAlpha = 1 - share;
  context.lineWidth = 2.5;
  context.strokeStyle = color;
  context.stroke();
  context.globalAlpha = 1;
}

/** The part of the map in sight. */
export interface View {
  west: number;
  south: number;
  east: number;
  north: number;
  project: (lon: number, lat: number) => { x: number; y: number };
}

/** Canvas places of the rows in sight, in the order given. Projecting is dear: the box is asked first. */
export function inView(
  grid: LiveGrid,
  rows: Iterable<number>,
  visible: Uint8Array,
  view: View,
): { row: number; x: number; y: number }[] {
  const places: { row: number; x: number; y: number }[] = [];
  for (const row of rows) {
    if (visible[row] !== 1) continue;
    const lon = grid.lon[row]!;
    const lat = grid.lat[row]!;
    if (lon < view.west || lon > view.east || lat < view.south || lat > view.north) continue;
    places.push({ row, ...view.project(lon, lat) });
    if (places.length >= LABELS_MAX * 4) break;
  }
  return places;
}

/** A label of an area that wants room: its box around the anchor, and how urgent it is. */
export interface BadgeBox {
  index: number;
  x: number;
  y: number;
  width: number;
  height: number;
  urgency: number;
}

/** Indexes of the badges that fit without covering a more urgent one. Boxes stand on their anchor, centred. */
export function badgesThatFit(boxes: readonly BadgeBox[]): Set<number> {
  const kept: BadgeBox[] = [];
  for (const box of boxes.toSorted((a, b) => b.urgency - a.urgency || a.index - b.index)) {
    const free = kept.every(
      (other) =>
        Math.abs(other.x - box.x) * 2 >= other.width + box.width ||
        box.y <= other.y - other.height ||
        other.y <= box.y - box.height,
    );
    if (free) kept.push(box);
  }
  return new Set(kept.map((box) => box.index));
}
