import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  boundsOf,
  convexHull,
  mercator,
  spanningTree,
  TREE_POINTS_MAX,
  type XY,
} from '../../web/lib/map/geometry.ts';
import { areaAnchors, feederLines } from '../../web/lib/map/gridGeoJson.ts';
import { badgesThatFit, placeLabels } from '../../web/lib/map/labels.ts';
import {
  drawableRows,
  heavyRows,
  listRows,
  type MapFilter,
  matchingRows,
} from '../../web/lib/map/mapFilter.ts';
import {
  drawOrder,
  makePointBuffers,
  newlySevere,
  paintPoints,
  POINT_SHAPE,
} from '../../web/lib/map/pointStyle.ts';
import { decodeReplay, replayFrame, rollUpsOf } from '../../web/lib/map/replay.ts';
import { fromSnapshot } from '../../web/lib/state/liveReducer.ts';
import type { Tokens } from '../../web/lib/tokens.ts';
import { formatMapAddress, parseMapAddress } from '../../web/lib/urlState.ts';
import { snapshot } from './fixtures.ts';

const NO_FILTER: MapFilter = { query: '', area: '', feeder: '', condition: '', importantOnly: false };
const points = fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 })), {
  minLength: 3,
  maxLength: 40,
}) as fc.Arbitrary<XY[]>;

describe('geometry', () => {
  test('the middle of the world is in the middle', () => {
    expect(mercator(0, 0)).toEqual([0.5, 0.5]);
    expect(mercator(180, 85.051129)[1]).toBeCloseTo(0, 6);
  });

  test('no point is outside its hull', () => {
    fc.assert(
      fc.property(points, (all) => {
        const hull = convexHull(all);
        fc.pre(hull.length >= 3);
        hull.forEach((a, i) => {
          const b = hull[(i + 1) % hull.length]!;
          for (const p of all) {
            expect((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])).toBeGreaterThanOrEqual(0);
          }
        });
      }),
    );
  });

  test('a tree has one edge less than points and joins them all', () => {
    fc.assert(
      fc.property(points, (all) => {
        const edges = spanningTree(all);
        expect(edges).toHaveLength(all.length - 1);
        const reached = new Set([0]);
        for (let i = 0; i < all.length; i++) {
          for (const [a, b] of edges) if (reached.has(a) || reached.has(b)) reached.add(a).add(b);
        }
        expect(reached.size).toBe(all.length);
      }),
    );
  });

  test('a straight feeder is drawn straight, and an absurdly long one not at all', () => {
    expect(
      spanningTree([
        [0, 0],
        [2, 0],
        [1, 0],
      ]),
    ).toEqual([
      [0, 2],
      [2, 1],
    ]);
    expect(spanningTree(Array.from({ length: TREE_POINTS_MAX + 1 }, () => [0, 0] as const))).toEqual([]);
  });

  test('transformers without a place are left out', () => {
    const { grid } = fromSnapshot(snapshot());
    expect(boundsOf(grid.lon, grid.lat)).toEqual({ west: 113, south: 29, east: 113.1, north: 29.1 });
    expect(feederLines(grid).features).toHaveLength(1);
    expect(areaAnchors(grid)).toEqual([
      { lon: 113, lat: 29 },
      { lon: 113.1, lat: 29.1 },
    ]);
    expect(boundsOf([null], [null])).toBeNull();
  });
});

describe('filters', () => {
  const { grid, columns } = fromSnapshot(snapshot());
  test.each<[string, Partial<MapFilter>, number[]]>([
    ['nothing', {}, [1, 1, 1]],
    ['a name', { query: '东岭' }, [0, 1, 0]],
    ['a number, any case', { query: ' tq-3 ' }, [0, 0, 1]],
    ['an area', { area: 'A2' }, [0, 1, 1]],
    ['an area that is gone', { area: 'A9' }, [0, 0, 0]],
    ['all that is low', { condition: 'low' }, [0, 1, 1]],
    ['one condition', { condition: 'mild-low' }, [0, 0, 1]],
    ['important customers', { importantOnly: true }, [0, 1, 0]],
  ])('by %s', (_, change, expected) => {
    expect([...matchingRows(grid, columns.condition, { ...NO_FILTER, ...change })]).toEqual(expected);
  });

  test('equally urgent rows are ranked by their share of nominal', () => {
    const low = { ...columns, condition: Uint8Array.of(5, 5, 5), worstV: Float32Array.of(184, 100, 184.1) };
    const matches = Uint8Array.of(1, 1, 1);
    expect(listRows(low, matches, false, [220, 120, 240])).toEqual([2, 1, 0]);
  });

  test('by a name in either language', () => {
    const named = fromSnapshot(snapshot({ nameEn: [null, 'Dongling 2', null] })).grid;
    for (const query of ['dongling', '东岭']) {
      expect([...matchingRows(named, columns.condition, { ...NO_FILTER, query })]).toEqual([0, 1, 0]);
    }
  });

  test('the map draws only what has a place; the list shows the rest too', () => {
    const matches = matchingRows(grid, columns.condition, NO_FILTER);
    expect([...drawableRows(grid, matches)]).toEqual([1, 1, 0]);
    expect(listRows(columns, matches, false, 220)).toEqual([1, 2]);
    expect(listRows(columns, matches, true, 220)).toEqual([1, 2, 0]);
  });
});

describe('points', () => {
  const tokens = {
    conditions: ['#101010', '#202020', '#303030', '#404040', '#505050', '#606060', '#707070', '#808080'],
  } as unknown as Tokens;
  const paint = {
    layer: 'now',
    tokens,
    visible: Uint8Array.of(1, 1, 0),
    nominalV: 220,
    looks: null,
  } as const;

  test('have the colour and the shape of their condition; filtered ones are hidden', () => {
    const { columns } = fromSnapshot(snapshot());
    const buffers = makePointBuffers(3);
    paintPoints(columns, paint, buffers, null);
    expect([...buffers.shape]).toEqual([POINT_SHAPE.dot, POINT_SHAPE.triangleDown, POINT_SHAPE.hidden]);
    expect(Array.from(buffers.color.slice(4, 8))).toEqual([0x60, 0x60, 0x60, 255]);
  });

  test('coloured by load or voltage: what is not measured is a dashed ring, an outage stays an outage', () => {
    const { columns } = fromSnapshot(snapshot({ condition: [0, 0, 7], loadPct: [104, null, null] }));
    const buffers = makePointBuffers(3);
    paintPoints(columns, { ...paint, layer: 'load', visible: Uint8Array.of(1, 1, 1) }, buffers, null);
    expect([...buffers.shape]).toEqual([POINT_SHAPE.disc, POINT_SHAPE.dashedRing, POINT_SHAPE.crossedSquare]);
    expect(Array.from(buffers.color.slice(0, 3))).toEqual([0xd1, 0x20, 0x3f]);
  });

  test('the voltage layer measures each against its own nominal voltage', () => {
    const { columns } = fromSnapshot(snapshot({ condition: [0, 0, 0], worstV: [221, 221, 121] }));
    const layer = { ...paint, layer: 'voltage', visible: Uint8Array.of(1, 1, 1) } as const;
    const colors = (nominalV: number | number[]): string[] => {
      const buffers = makePointBuffers(3);
      paintPoints(columns, { ...layer, nominalV }, buffers, null);
      return [0, 4, 8].map((at) => Buffer.from(buffers.color.subarray(at, at + 3)).toString('hex'));
    };
    expect(colors([220, 240, 120])).toEqual(['4f8a94', 'd8c14a', '4f8a94']);
    expect(colors(220)).toEqual(['4f8a94', '4f8a94', 'd1203f']);
  });

  test('only the named rows are painted again', () => {
    const { columns } = fromSnapshot(snapshot());
    const buffers = makePointBuffers(3);
    paintPoints(columns, paint, buffers, [1]);
    expect([...buffers.shape]).toEqual([0, POINT_SHAPE.triangleDown, 0]);
  });
});

test('severe low voltage is news once, and not when it comes from behind a filter', () => {
  const { dot, doubleTriangle, hidden } = POINT_SHAPE;
  const buffers = { color: new Uint8Array(16), shape: Uint8Array.of(dot, doubleTriangle, hidden, dot) };
  expect(newlySevere(Uint8Array.of(6, 6, 6, 0), buffers, [0, 1, 2, 3])).toEqual([0]);
});

test('the load layer puts numbers on heavy load, highest first', () => {
  expect(heavyRows(Float32Array.of(81, NaN, 120, 79, 130), Uint8Array.of(1, 1, 1, 1, 0))).toEqual([2, 0]);
});

test('points are drawn from calm to urgent, hidden ones not at all', () => {
  const { dot, ring, hidden, triangleDown, disc } = POINT_SHAPE;
  const { order, dots, calm } = drawOrder(Uint8Array.of(triangleDown, dot, hidden, disc, ring, dot));
  expect(Array.from(order)).toEqual([1, 5, 4, 3, 0]);
  expect([dots, calm]).toEqual([2, 4]);
});

describe('labels', () => {
  test('the more urgent one gets the room', () => {
    const at = (row: number, x: number) => ({ row, x, y: 20, number: String(row), name: '' });
    expect(placeLabels([at(5, 10), at(6, 12), at(7, 300)], false).map((label) => label.row)).toEqual([5, 7]);
  });

  test('a badge gives way to a more urgent one that it would cover', () => {
    const box = { y: 100, width: 80, height: 30 };
    const boxes = [
      { ...box, index: 0, x: 100, urgency: 1 },
      { ...box, index: 1, x: 150, urgency: 9 },
      { ...box, index: 2, x: 150, y: 140, urgency: 0 },
    ];
    expect([...badgesThatFit(boxes)].sort()).toEqual([1, 2]);
  });
});

describe('the replay', () => {
  const answer = {
    gridVersion: 4,
    startMs: 0,
    stepMs: 900_000,
    steps: 2,
    rows: 2,
    conditionBase64: btoa(String.fromCharCode(0, 255, 5, 7)),
    worstDeciVBase64: btoa(String.fromCharCode(0xa2, 0x08, 0xff, 0xff, 0x32, 0x07, 0xff, 0xff)),
  };

  test('gives frames in which "none" is no data', () => {
    const day = decodeReplay(answer);
    expect([...replayFrame(day, 0, 2).condition]).toEqual([0, 2]);
    expect([...replayFrame(day, 1, 2).condition]).toEqual([5, 7]);
    expect(replayFrame(day, 0, 2).worstV[0]).toBeCloseTo(221, 3);
    expect(replayFrame(day, 1, 2).worstV[1]).toBeNaN();
    expect([...replayFrame(day, 99, 2).condition]).toEqual([5, 7]);
  });

  test('has sums of its own', () => {
    const frame = { condition: Uint8Array.of(0, 5, 7), worstV: Float32Array.of(221, 184, NaN) };
    const [first, second] = rollUpsOf(frame, [0, 1, 1], 2, [78, 54, 120]);
    expect(first).toMatchObject({ transformers: 1, customersLow: 0, worst: 'normal', worstV: 221 });
    expect(second).toMatchObject({
      customers: 174,
      customersLow: 54,
      customersOut: 120,
      worst: 'outage',
      worstV: 184,
    });
  });

  test('that is shorter than it says is refused', () => {
    expect(() => decodeReplay({ ...answer, rows: 3 })).toThrow(RangeError);
  });
});

describe('the address', () => {
  test('goes there and back', () => {
    const text = fc.string({ maxLength: 12 });
    const address = fc.record({
      layer: fc.constantFrom('now', 'load', 'voltage'),
      query: text,
      area: text,
      feeder: text,
      condition: fc.constantFrom('', 'low', 'outage'),
      importantOnly: fc.boolean(),
      selected: text,
      camera: fc.constantFrom(null, { lon: 113.1234, lat: 29.5, zoom: 9.25 }),
    });
    fc.assert(
      fc.property(address, (wanted) => {
        expect(parseMapAddress(formatMapAddress(wanted as never))).toEqual(wanted);
      }),
    );
  });

  test.each(['at=1', 'at=x,y,z', 'at=91,0,5', 'layer=hack'])('%s is read as nothing said', (query) => {
    expect(formatMapAddress(parseMapAddress(query))).toBe('');
  });
});
