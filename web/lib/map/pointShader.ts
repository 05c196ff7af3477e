/** GLSL of the transformer points. Each is one GL point; its shape is a signed distance, so it is crisp at every size. */

export const VERTEX_SHADER = `#version 300 es
precision highp float;
uniform mat4 u_matrix;
uniform float u_scale;
uniform float u_dpr;
uniform float u_minimum;
in vec2 a_position;
in float a_radius;
in vec4 a_color;
in float a_shape;
out vec4 v_color;
flat out float v_shape;
flat out float v_radius;
flat out float v_half;

void main() {
  bool urgent = a_shape == 4.0 || a_shape == 5.0 || a_shape == 7.0;
  float radius = a_radius * u_scale;
  if (a_shape > 1.5) radius = max(radius * 1.15, 4.6 * u_minimum);
  if (urgent) radius = max(radius * 1.25, 7.0 * u_minimum);
  v_color = a_color;
  v_shape = a_shape;
  v_radius = radius * u_dpr;
  // The square that the GPU fills is kept tight: most points are dots, and their area is the cost of a frame.
  v_half = (radius + (a_shape < 1.5 ? 0.7 : (urgent ? 4.0 : 2.0))) * u_dpr;
  gl_Position = u_matrix * vec4(a_position, 0.0, 1.0);
  gl_PointSize = 2.0 * v_half;
}`;

/** Most points are plain dots: a program of their own spares them the branches of the other shapes. */
export const DOT_FRAGMENT_SHADER = `#version 300 es
precision mediump float;
in vec4 v_color;
flat in float v_radius;
flat in float v_half;
out vec4 fragColor;

void main() {
  float distance = length((gl_PointCoord - 0.5) * 2.0 * v_half) - v_radius;
  fragColor = vec4(v_color.rgb, 1.0) * clamp(0.5 - distance, 0.0, 1.0) * 0.85;
}`;

export const SHAPE_FRAGMENT_SHADER = `#version 300 es
precision highp float;
uniform vec3 u_ground;
uniform vec3 u_edge;
uniform float u_dpr;
in vec4 v_color;
flat in float v_shape;
flat in float v_radius;
flat in float v_half;
out vec4 fragColor;

float triangle(vec2 p, float r) {
  const float k = 1.7320508;
  p.x = abs(p.x) - r;
  p.y = p.y + r / k;
  if (p.x + k * p.y > 0.0) p = vec2(p.x - k * p.y, -k * p.x - p.y) / 2.0;
  p.x -= clamp(p.x, -2.0 * r, 0.0);
  return -length(p) * sign(p.y);
}

float cover(float distance) {
  return clamp(0.5 - distance, 0.0, 1.0);
}

vec4 over(vec4 top, vec4 below) {
  return top + below * (1.0 - top.a);
}

vec4 ink(vec3 color, float alpha) {
  return vec4(color * alpha, alpha);
}

void main() {
  // y up, in device pixels from the point's centre
  vec2 p = vec2(gl_PointCoord.x - 0.5, 0.5 - gl_PointCoord.y) * 2.0 * v_half;
  float r = v_radius;
  float px = u_dpr;
  int shape = int(v_shape + 0.5);
  vec3 color = v_color.rgb;
  float circle = length(p) - r;
  vec4 result = vec4(0.0);
  if (shape == 2) {
    result = over(ink(color, cover(abs(circle + px) - 1.1 * px)), ink(u_edge, cover(abs(circle + px) - 1.8 * px) * 0.7));
    result = over(result, ink(u_ground, cover(circle) * 0.8));
  } else if (shape == 3) {
    result = over(ink(color, cover(circle)), ink(u_edge, cover(circle - 1.2 * px)));
  } else if (shape == 4 || shape == 5 || shape == 6) {
    vec2 q = shape == 6 ? p : -p;
    q.y += 0.12 * r;
    float d = triangle(q, r);
    if (shape == 5) {
      result = over(ink(color, cover(d + 2.6 * px)), ink(u_ground, cover(d + 0.6 * px)));
      result = over(result, ink(color, cover(d - 1.2 * px)));
    } else {
      result = ink(color, cover(d));
    }
    result = over(result, ink(u_edge, cover(d - (shape == 5 ? 2.4 : 1.2) * px)));
  } else if (shape == 7) {
    vec2 a = abs(p);
    float side = r * 0.82;
    float square = max(a.x, a.y) - side;
    float lines = min(abs(square), max(abs(a.x - a.y) * 0.7071, square));
    result = over(ink(color, cover(lines - 0.7 * px)), ink(u_ground, cover(square - px)));
  } else {
    float dash = step(0.0, sin(atan(p.y, p.x) * 5.0));
    result = over(ink(color, cover(abs(circle + px) - 0.8 * px) * dash), ink(u_ground, cover(circle) * 0.8));
  }
  fragColor = result;
}`;
