import { type FilterSpecification, type GeoJSONSource, Map as MapLibre, setWorkerUrl } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import type { RollUp } from '../../../server/core/liveView.ts';
import type { LiveGrid } from '../state/liveReducer.ts';
import type { Tokens } from '../tokens.ts';
import { boundsOf, type Box } from './geometry.ts';
import { areaHulls, feederLines } from './gridGeoJson.ts';
import type { View } from './labels.ts';
import { styleOf, tintOf } from './mapStyle.ts';
import { PointLayer } from './pointLayer.ts';

setWorkerUrl(workerUrl);

export interface Camera {
  lon: number;
  lat: number;
  zoom: number;
}

export interface GridMapEvents {
  onSelect: (row: number | null) => void;
  onHover: (row: number | null) => void;
  /** After the camera came to rest. */
  onCamera: (camera: Camera) => void;
  /** At every frame that the map draws: labels follow here. */
  onFrame: () => void;
}

const FIT_PADDING_PX = 56;
/** From this width the list stands beside the map (MapView). */
const WIDE_PX = 840;
const LIST_WIDTH_PX = 320;
const PANEL_WIDTH_PX = 430;
const ZOOM_MAX = 17;
/** A pointer this near (CSS pixels, beside the radius of a finger) hits a transformer. */
const HIT_PX = { fine: 10, coarse: 22 };

/** True where the browser can draw: WebGL 2. */
export function canDraw(): boolean {
  return document.createElement('canvas').getContext('webgl2') !== null;
}

/**
 * The map itself: a calm ground, area hulls and feeder lines (static sources; the lines are coloured by
 * feature state) and the transformers. Knows nothing of pages; drawn state comes in, selection and camera go out.
 */
export class GridMap {
  readonly points = new PointLayer();
  readonly map: MapLibre;
  #grid: LiveGrid | null = null;
  #visible: Uint8Array = new Uint8Array(0);
  #fitZoom = 9;
  #box: Box | null = null;
  #ready = false;
  #pending: (() => void)[] = [];
  readonly #events: GridMapEvents;

  constructor(container: HTMLElement, tokens: Tokens, events: GridMapEvents, camera: Camera | null) {
    this.#events = events;
    this.map = new MapLibre({
      container,
      style: styleOf(tokens),
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      maxPitch: 0,
      maxZoom: ZOOM_MAX,
      renderWorldCopies: false,
      fadeDuration: 0,
      ...(camera === null
        ? { center: [105, 35], zoom: 3 }
        : { center: [camera.lon, camera.lat], zoom: camera.zoom }),
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.points.setTokens(tokens);
    this.map.on('load', () => {
      this.map.addLayer(this.points);
      this.#ready = true;
      this.#pending.forEach((run) => run());
      this.#pending = [];
    });
    this.#listen();
  }

  destroy(): void {
    this.map.remove();
  }

  /** Another registry: lines, hulls and places are made again; the camera fits when it has not been placed. */
  setGrid(grid: LiveGrid, fit: boolean): void {
    this.#grid = grid;
    this.points.setPlaces(grid);
    this.#box = boundsOf(grid.lon, grid.lat);
    if (fit) this.fit(false);
    this.#fitZoom = this.#zoomThatFits();
    this.#rescale();
    this.#whenReady(() => {
      this.#source('feeders')?.setData(feederLines(grid));
      this.#source('areas')?.setData(areaHulls(grid));
    });
  }

  /** What the filters let through: hit by the pointer, and drawn. */
  setVisible(visible: Uint8Array): void {
    this.#visible = visible;
  }

  redraw(): void {
    this.points.changed();
    this.map.triggerRepaint();
  }

  setRollUps(feeders: readonly RollUp[]): void {
    this.#whenReady(() => {
      feeders.forEach((rollUp, id) =>
        this.map.setFeatureState({ source: 'feeders', id }, { tint: tintOf(rollUp) }),
      );
    });
  }

  setTokens(tokens: Tokens): void {
    this.points.setTokens(tokens);
    this.#whenReady(() => {
      const style = styleOf(tokens);
      for (const layer of style.layers) {
        for (const [name, value] of Object.entries(layer.paint ?? {})) {
          this.map.setPaintProperty(layer.id, name as never, value as never);
        }
      }
      this.redraw();
    });
  }

  /** What a screen reader calls the canvas. */
  setLabel(label: string): void {
    this.map.getCanvas().setAttribute('aria-label', label);
  }

  /** Lines and hull of what is filtered out are drawn faint. */
  setFocus(area: number | null, feeder: number | null): void {
    this.#whenReady(() => {
      const all: FilterSpecification = ['has', 'feeder'];
      this.map.setFilter('feeder-lines', feeder === null ? all : ['==', ['get', 'feeder'], feeder]);
      const areas: FilterSpecification = ['has', 'area'];
      const onlyArea: FilterSpecification = ['==', ['get', 'area'], area ?? -1];
      this.map.setFilter('area-fill', area === null ? areas : onlyArea);
      this.map.setFilter('area-line', area === null ? areas : onlyArea);
    });
  }

  fit(animate = true): void {
    const box = this.#box;
    if (box === null) return;
    this.map.fitBounds([box.west, box.south, box.east, box.north], {
      padding: this.#padding(),
      animate,
      duration: 150,
      maxZoom: 14,
    });
  }

  /** Brings a transformer into sight, no nearer than needed; on a phone into the part that the panel leaves free. */
  show(row: number): void {
    const center = this.#placeOf(row);
    const { clientWidth: width, clientHeight: height } = this.map.getContainer();
    const zoom = Math.max(this.map.getZoom(), this.#fitZoom + 2);
    const offset: [number, number] = [0, width >= WIDE_PX ? 0 : -height * 0.3];
    if (center !== null) this.map.easeTo({ center, zoom, offset, duration: 150 });
  }

  /** Moves a transformer out from under the panel that tells of it: beside the map, or on a phone below it. */
  reveal(row: number): void {
    const place = this.#placeOf(row);
    if (place === null) return;
    const { clientWidth: width, clientHeight: height } = this.map.getContainer();
    const { x, y } = this.map.project(place);
    const wide = width >= WIDE_PX;
    const hidden: [number, number] = wide ? [x - (width - PANEL_WIDTH_PX), 0] : [0, y - height * 0.22];
    if (Math.max(...hidden) > 0) this.map.panBy(hidden, { duration: 150 });
  }

  view(): View {
    const bounds = this.map.getBounds();
    return {
      west: bounds.getWest(),
      south: bounds.getSouth(),
      east: bounds.getEast(),
      north: bounds.getNorth(),
      project: (lon, lat) => this.map.project([lon, lat]),
    };
  }

  zoomBy(steps: number): void {
    this.map.easeTo({ zoom: this.map.getZoom() + steps, duration: 150 });
  }

  /** Zoom levels nearer than the view of the whole grid. */
  depth(): number {
    return this.map.getZoom() - this.#fitZoom;
  }

  /** The nearest drawn transformer at a place of the canvas (CSS pixels). */
  hit(x: number, y: number, reachPx: number): number | null {
    const grid = this.#grid;
    if (grid === null) return null;
    const here = this.map.unproject([x, y]);
    const aside = this.map.unproject([x + reachPx, y + reachPx]);
    const reachLon = Math.abs(aside.lng - here.lng);
    const reachLat = Math.abs(aside.lat - here.lat);
    let best: number | null = null;
    let bestScore = Infinity;
    for (let row = 0; row < grid.rows; row++) {
      if (this.#visible[row] !== 1) continue;
      const dx = (grid.lon[row]! - here.lng) / reachLon;
      const dy = (grid.lat[row]! - here.lat) / reachLat;
      const squared = dx * dx + dy * dy;
      if (squared < 1 && squared < bestScore) {
        best = row;
        bestScore = squared;
      }
    }
    return best;
  }

  #listen(): void {
    const { map } = this;
    map.on('click', (event) => {
      const coarse = matchMedia('(pointer: coarse)').matches;
      this.#events.onSelect(this.hit(event.point.x, event.point.y, coarse ? HIT_PX.coarse : HIT_PX.fine));
    });
    map.on('mousemove', (event) => {
      const row = this.hit(event.point.x, event.point.y, HIT_PX.fine);
      map.getCanvas().style.cursor = row === null ? '' : 'pointer';
      this.#events.onHover(row);
    });
    map.on('mouseout', () => this.#events.onHover(null));
    map.on('zoom', () => this.#rescale());
    map.on('resize', () => (this.#fitZoom = this.#zoomThatFits()));
    map.on('render', () => this.#events.onFrame());
    map.on('moveend', () => {
      const { lng, lat } = map.getCenter();
      this.#events.onCamera({ lon: lng, lat, zoom: map.getZoom() });
    });
    map.on('webglcontextrestored', () => this.redraw());
  }

  #placeOf(row: number): [number, number] | null {
    const [lon, lat] = [this.#grid?.lon[row] ?? null, this.#grid?.lat[row] ?? null];
    return lon === null || lat === null ? null : [lon, lat];
  }

  #zoomThatFits(): number {
    const box = this.#box;
    if (box === null) return this.map.getZoom();
    const camera = this.map.cameraForBounds([box.west, box.south, box.east, box.north], {
      padding: this.#padding(),
    });
    return camera?.zoom ?? this.map.getZoom();
  }

  /** Room for what floats over the map: the list on the left where there is one, the bar below, labels above. */
  #padding(): { left: number; right: number; top: number; bottom: number } {
    const { clientWidth: width, clientHeight: height } = this.map.getContainer();
    const wide = width >= WIDE_PX;
    const side = Math.min(FIT_PADDING_PX, width / 10);
    return {
      left: wide ? LIST_WIDTH_PX + side : side,
      right: side,
      top: wide ? FIT_PADDING_PX : height / 4,
      bottom: Math.min(height / 4, wide ? FIT_PADDING_PX + 50 : 150),
    };
  }

  /** Radii grow with nearness, and shrink when many points share the view. */
  #rescale(): void {
    const crowd = Math.min(1, Math.max(0.34, Math.sqrt(1_600 / Math.max(1, this.#grid?.rows ?? 1))));
    const grown = crowd * 2 ** (Math.max(-1, this.depth()) * 0.35);
    this.points.setScale(Math.min(2.4, Math.max(0.3, grown)));
  }

  #source(id: string): GeoJSONSource | undefined {
    return this.map.getSource(id);
  }

  #whenReady(run: () => void): void {
    if (this.#ready) run();
    else this.#pending.push(run);
  }
}
