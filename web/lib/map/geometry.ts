/** Plane geometry of the map: Web Mercator in units of the world's width, hulls and trees. All pure. */

export type XY = readonly [x: number, y: number];

/** Longitude and latitude (WGS 84 degrees) in Web Mercator, 0…1 from north-west to south-east. */
export function mercator(lon: number, lat: number): XY {
  const clamped = Math.max(-85.051129, Math.min(85.051129, lat));
  const sin = Math.sin((clamped * Math.PI) / 180);
  return [lon / 360 + 0.5, 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)];
}

/** Convex hull, counter-clockwise, without the closing point (Andrew's monotone chain). */
export function convexHull(points: readonly XY[]): XY[] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  if (sorted.length < 3) return sorted;
  const half = (ordered: readonly XY[]): XY[] => {
    const chain: XY[] = [];
    for (const point of ordered) {
      while (chain.length >= 2 && cross(chain[chain.length - 2]!, chain[chain.length - 1]!, point) <= 0)
        chain.pop();
      chain.push(point);
    }
    chain.pop();
    return chain;
  };
  return [...half(sorted), ...half(sorted.toReversed())];
}

function cross(o: XY, a: XY, b: XY): number {
  return (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
}

/** The hull moved outwards from its centre by `margin` (in the points' unit), so that it does not cut its corners. */
export function inflate(hull: readonly XY[], margin: number): XY[] {
  const [cx, cy] = centroid(hull);
  return hull.map(([x, y]) => {
    const length = Math.hypot(x - cx, y - cy) || 1;
    return [x + ((x - cx) / length) * margin, y + ((y - cy) / length) * margin];
  });
}

function centroid(points: readonly XY[]): XY {
  let x = 0;
  let y = 0;
  for (const point of points) {
    x += point[0];
    y += point[1];
  }
  return [x / (points.length || 1), y / (points.length || 1)];
}

/** Above this many points of one feeder a tree in n² is too slow for a page; real feeders have some dozens. */
export const TREE_POINTS_MAX = 2_000;

/**
 * Edges of the shortest tree through the points (Prim, n²), as pairs of indexes: how a feeder's line is drawn when the
 * registry does not know its route. Beyond {@link TREE_POINTS_MAX} points: none.
 */
export function spanningTree(points: readonly XY[]): [number, number][] {
  const n = points.length;
  if (n < 2 || n > TREE_POINTS_MAX) return [];
  const distance = new Float64Array(n).fill(Infinity);
  const parent = new Int32Array(n).fill(-1);
  const done = new Uint8Array(n);
  const edges: [number, number][] = [];
  let current = 0;
  for (let step = 1; step < n; step++) {
    done[current] = 1;
    let next = -1;
    for (let i = 0; i < n; i++) {
      if (done[i] === 1) continue;
      const dx = points[i]![0] - points[current]![0];
      const dy = points[i]![1] - points[current]![1];
      const squared = dx * dx + dy * dy;
      if (squared < distance[i]!) {
        distance[i] = squared;
        parent[i] = current;
      }
      if (next === -1 || distance[i]! < distance[next]!) next = i;
    }
    edges.push([parent[next]!, next]);
    current = next;
  }
  return edges;
}

export interface Box {
  west: number;
  south: number;
  east: number;
  north: number;
}

/** The box around all places, or `null` without any. */
export function boundsOf(lon: readonly (number | null)[], lat: readonly (number | null)[]): Box | null {
  let box: Box | null = null;
  for (let i = 0; i < lon.length; i++) {
    const x = lon[i] ?? null;
    const y = lat[i] ?? null;
    if (x === null || y === null) continue;
    if (box === null) box = { west: x, south: y, east: x, north: y };
    box.west = Math.min(box.west, x);
    box.east = Math.max(box.east, x);
    box.south = Math.min(box.south, y);
    box.north = Math.max(box.north, y);
  }
  return box;
}
