import type { CustomLayerInterface, CustomRenderMethodInput } from 'maplibre-gl';
import { rgbOf, type Tokens } from '../tokens.ts';
import { mercator } from './geometry.ts';
import { DOT_FRAGMENT_SHADER, SHAPE_FRAGMENT_SHADER, VERTEX_SHADER } from './pointShader.ts';
import { drawOrder, makePointBuffers, type PointBuffers, pointRadius } from './pointStyle.ts';

interface Places {
  lon: readonly (number | null)[];
  lat: readonly (number | null)[];
  customers: readonly number[];
}

interface Gpu {
  gl: WebGL2RenderingContext;
  dots: Program;
  shapes: Program;
  array: WebGLVertexArrayObject;
  position: WebGLBuffer;
  color: WebGLBuffer;
  shape: WebGLBuffer;
  order: WebGLBuffer;
}

/** Seen from so far that a ring is two pixels wide, only what is urgent keeps its shape: the rest costs a dot. */
const SHAPES_FROM_SCALE = 0.45;

/** A linked program, and where its uniforms are. */
interface Program {
  handle: WebGLProgram;
  uniform: (name: string) => WebGLUniformLocation | null;
}

const ATTRIBUTES = ['a_position', 'a_radius', 'a_color', 'a_shape'] as const;

/**
 * All transformers in one draw list on the map's own GPU context. Places are uploaded once; a change of state rewrites
 * five bytes a transformer, so a tick costs the same whatever the map shows.
 */
export class PointLayer implements CustomLayerInterface {
  readonly id = 'transformers';
  readonly type = 'custom';
  readonly renderingMode = '2d';
  /** Colours and shapes by row; call {@link changed} after writing. */
  buffers: PointBuffers = makePointBuffers(0);

  #gpu: Gpu | null = null;
  #rows = 0;
  /** Points that are drawn: the length of the order list. */
  #drawn = 0;
  #dots = 0;
  #calm = 0;
  #places = new Float32Array(0);
  /** Positions are kept relative to this Mercator point: single precision is then good to centimetres. */
  #origin: readonly [number, number] = [0.5, 0.5];
  #placesStale = false;
  #stateStale = false;
  #scale = 1;
  #ground: readonly [number, number, number] = [0, 0, 0];
  #edge: readonly [number, number, number] = [0, 0, 0];

  /** Rows without a place must be hidden by their shape. */
  setPlaces({ lon, lat, customers }: Places): void {
    this.#rows = lon.length;
    this.#places = new Float32Array(this.#rows * 3);
    const first = lon.findIndex((value, row) => value !== null && lat[row] !== null);
    this.#origin = first === -1 ? [0.5, 0.5] : mercator(lon[first]!, lat[first]!);
    for (let row = 0; row < this.#rows; row++) {
      const known = lon[row] !== null && lat[row] !== null;
      const [x, y] = known ? mercator(lon[row]!, lat[row]!) : this.#origin;
      this.#places.set([x - this.#origin[0], y - this.#origin[1], pointRadius(customers[row]!)], row * 3);
    }
    this.buffers = makePointBuffers(this.#rows);
    this.#placesStale = true;
    this.#stateStale = true;
  }

  setTokens(tokens: Tokens): void {
    this.#ground = unit(rgbOf(tokens.ground));
    this.#edge = unit(rgbOf(tokens.shapeEdge));
  }

  /** The factor on all radii; grows with the zoom. */
  setScale(scale: number): void {
    this.#scale = scale;
  }

  changed(): void {
    this.#stateStale = true;
  }

  onAdd(_map: unknown, gl: WebGL2RenderingContext): void {
    const array = gl.createVertexArray();
    const [position, color, shape, order] = [
      gl.createBuffer(),
      gl.createBuffer(),
      gl.createBuffer(),
      gl.createBuffer(),
    ];
    gl.bindVertexArray(array);
    attribute(gl, position, 0, 2, gl.FLOAT, 12, 0);
    attribute(gl, position, 1, 1, gl.FLOAT, 12, 8);
    attribute(gl, color, 2, 4, gl.UNSIGNED_BYTE, 4, 0, true);
    attribute(gl, shape, 3, 1, gl.UNSIGNED_BYTE, 1, 0);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, order);
    gl.bindVertexArray(null);
    const dots = link(gl, DOT_FRAGMENT_SHADER);
    const shapes = link(gl, SHAPE_FRAGMENT_SHADER);
    this.#gpu = { gl, dots, shapes, array, position, color, shape, order };
    this.#placesStale = true;
    this.#stateStale = true;
  }

  onRemove(): void {
    const gpu = this.#gpu;
    if (gpu === null) return;
    [gpu.position, gpu.color, gpu.shape, gpu.order].forEach((buffer) => gpu.gl.deleteBuffer(buffer));
    gpu.gl.deleteVertexArray(gpu.array);
    gpu.gl.deleteProgram(gpu.dots.handle);
    gpu.gl.deleteProgram(gpu.shapes.handle);
    this.#gpu = null;
  }

  render(gl: WebGL2RenderingContext, input: CustomRenderMethodInput): void {
    const gpu = this.#gpu;
    if (gpu === null || this.#rows === 0) return;
    // First of all: the order list belongs to our vertex array, not to the one the map left bound.
    gl.bindVertexArray(gpu.array);
    this.#upload(gpu);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.disable(gl.DEPTH_TEST);
    const matrix = translated(input.defaultProjectionData.mainMatrix, this.#origin);
    const plain = this.#scale < SHAPES_FROM_SCALE ? this.#calm : this.#dots;
    this.#draw(gl, gpu.dots, matrix, 0, plain);
    this.#draw(gl, gpu.shapes, matrix, plain, this.#drawn - plain);
    gl.bindVertexArray(null);
  }

  #draw(
    gl: WebGL2RenderingContext,
    program: Program,
    matrix: Float32Array,
    from: number,
    count: number,
  ): void {
    if (count === 0) return;
    const { handle, uniform } = program;
    gl.useProgram(handle);
    gl.uniformMatrix4fv(uniform('u_matrix'), false, matrix);
    gl.uniform1f(uniform('u_scale'), this.#scale);
    gl.uniform1f(uniform('u_minimum'), Math.min(1, this.#scale * 1.4));
    gl.uniform1f(uniform('u_dpr'), window.devicePixelRatio);
    gl.uniform3fv(uniform('u_ground'), this.#ground);
    gl.uniform3fv(uniform('u_edge'), this.#edge);
    gl.drawElements(gl.POINTS, count, gl.UNSIGNED_INT, from * Uint32Array.BYTES_PER_ELEMENT);
  }

  #upload({ gl, position, color, shape }: Gpu): void {
    if (this.#placesStale) fill(gl, position, this.#places, gl.STATIC_DRAW);
    if (this.#stateStale) {
      fill(gl, color, this.buffers.color, gl.DYNAMIC_DRAW);
      fill(gl, shape, this.buffers.shape, gl.DYNAMIC_DRAW);
      const { order, dots, calm } = drawOrder(this.buffers.shape);
      this.#drawn = order.length;
      this.#dots = dots;
      this.#calm = calm;
      gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, order, gl.DYNAMIC_DRAW);
    }
    this.#placesStale = false;
    this.#stateStale = false;
  }
}

function unit([r, g, b]: readonly [number, number, number]): readonly [number, number, number] {
  return [r / 255, g / 255, b / 255];
}

/** `matrix × translate(origin)`, in double precision before it becomes single. */
function translated(matrix: ArrayLike<number>, [x, y]: readonly [number, number]): Float32Array {
  const result = Float32Array.from(matrix);
  for (let i = 0; i < 4; i++) result[12 + i] = matrix[i]! * x + matrix[4 + i]! * y + matrix[12 + i]!;
  return result;
}

function fill(
  gl: WebGL2RenderingContext,
  buffer: WebGLBuffer,
  data: Float32Array | Uint8Array,
  usage: number,
): void {
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  gl.bufferData(gl.ARRAY_BUFFER, data, usage);
}

function attribute(
  gl: WebGL2RenderingContext,
  buffer: WebGLBuffer,
  location: number,
  size: number,
  type: number,
  stride: number,
  offset: number,
  normalized = false,
): void {
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  gl.enableVertexAttribArray(location);
  gl.vertexAttribPointer(location, size, type, normalized, stride, offset);
}

function link(gl: WebGL2RenderingContext, fragmentSource: string): Program {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, VERTEX_SHADER],
    [gl.FRAGMENT_SHADER, fragmentSource],
  ] as const) {
    const shader = gl.createShader(type);
    if (shader === null) throw new Error('the GPU gives no shader: its context is lost');
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  ATTRIBUTES.forEach((name, location) => gl.bindAttribLocation(program, location, name));
  gl.linkProgram(program);
  if (gl.getProgramParameter(program, gl.LINK_STATUS) !== true && !gl.isContextLost()) {
    throw new Error(`the point shader does not link: ${gl.getProgramInfoLog(program) ?? ''}`);
  }
  const locations = new Map<string, WebGLUniformLocation | null>();
  const uniform = (name: string): WebGLUniformLocation | null => {
    if (!locations.has(name)) locations.set(name, gl.getUniformLocation(program, name));
    return locations.get(name) ?? null;
  };
  return { handle: program, uniform };
}
