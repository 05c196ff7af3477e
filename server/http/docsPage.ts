/** `/api/docs`: the OpenAPI document as one readable page, with no script and nothing from outside. */

interface Operation {
  summary?: string;
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema?: Schema }[];
  requestBody?: { content?: Record<string, { schema?: Schema }> };
  responses?: Record<string, { description?: string; content?: Record<string, { schema?: Schema }> }>;
}

interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  items?: Schema;
  properties?: Record<string, Schema>;
  anyOf?: Schema[];
  additionalProperties?: unknown;
  description?: string;
  default?: unknown;
}

export interface ApiDocument {
  info: { title: string; version: string; description?: string };
  paths?: object;
  components?: { schemas?: object };
}

export function docsPage(document: ApiDocument): string {
  const paths = Object.entries((document.paths ?? {}) as Record<string, Record<string, Operation>>);
  const schemas = Object.entries((document.components?.schemas ?? {}) as Record<string, Schema>);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${text(document.info.title)} API</title><link rel="stylesheet" href="/api/docs.css"></head><body><main>
<h1>${text(document.info.title)} API <small>${text(document.info.version)}</small></h1>
<p>${text(document.info.description ?? '')}</p>
<p><a href="/api/v1/openapi.json">OpenAPI 3.1 document</a> · live events: <code>GET /api/v1/live</code> (SSE:
<code>snapshot</code>, <code>delta</code>, <code>resync</code>; resumes by <code>Last-Event-ID</code>) ·
<code>/healthz</code> · <code>/readyz</code> · <code>/metrics</code></p>
${paths
  .map(([path, operations]) =>
    Object.entries(operations)
      .map(([method, o]) => operation(method, path, o))
      .join(''),
  )
  .join('')}
<h2>Schemas</h2>
${schemas.map(([name, schema]) => `<section id="${text(name)}"><h3>${text(name)}</h3>${fields(schema)}</section>`).join('')}
</main></body></html>`;
}

export const DOCS_STYLE = `
:root{color-scheme:light dark;font:16px/1.5 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
main{max-width:60rem;margin:0 auto;padding:1.5rem}
h1 small{font-weight:400;opacity:.6}h2{margin-top:2.5rem}
section{border-top:1px solid color-mix(in srgb,currentColor 20%,transparent);padding:.75rem 0}
h3{margin:0 0 .25rem;font:600 1rem/1.5 ui-monospace,monospace}
.method{display:inline-block;min-width:3.5rem;opacity:.7}
table{border-collapse:collapse;font-size:.875rem}td{padding:.125rem 1rem .125rem 0;vertical-align:top}
code{font-family:ui-monospace,monospace}`;

function operation(method: string, path: string, o: Operation): string {
  const parameters = (o.parameters ?? []).map(
    (p) =>
      `<tr><td><code>${text(p.name)}</code>${p.required === true ? ' *' : ''}</td><td>${text(p.in)}</td><td>${type(p.schema ?? {})}</td><td>${text(p.description ?? p.schema?.description ?? '')}</td></tr>`,
  );
  const body = Object.entries(o.requestBody?.content ?? {}).map(
    ([media, c]) => `<tr><td>body</td><td>${text(media)}</td><td>${type(c.schema ?? {})}</td><td></td></tr>`,
  );
  const answers = Object.entries(o.responses ?? {}).map(
    ([status, r]) =>
      `<tr><td>${text(status)}</td><td>${text(r.description ?? '')}</td><td>${Object.values(r.content ?? {})
        .map((c) => type(c.schema ?? {}))
        .join(' | ')}</td></tr>`,
  );
  return `<section><h3><span class="method">${text(method.toUpperCase())}</span> ${text(path)}</h3><p>${text(o.summary ?? '')}</p>
<table>${parameters.join('')}${body.join('')}</table><table>${answers.join('')}</table></section>`;
}

function fields(schema: Schema): string {
  const rows = Object.entries(schema.properties ?? {}).map(
    ([name, s]) =>
      `<tr><td><code>${text(name)}</code></td><td>${type(s)}</td><td>${text(s.description ?? '')}</td></tr>`,
  );
  return rows.length > 0 ? `<table>${rows.join('')}</table>` : `<p>${type(schema)}</p>`;
}

function type(schema: Schema): string {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split('/').at(-1)!;
    return `<a href="#${text(name)}">${text(name)}</a>`;
  }
  if (schema.enum !== undefined) return schema.enum.map((v) => `<code>${text(String(v))}</code>`).join(' | ');
  if (schema.anyOf !== undefined) return schema.anyOf.map(type).join(' | ');
  if (schema.items !== undefined) return `${type(schema.items)}[]`;
  const name = Array.isArray(schema.type) ? schema.type.join(' | ') : (schema.type ?? 'any');
  return text(schema.default === undefined ? name : `${name} = ${JSON.stringify(schema.default)}`);
}

function text(value: string): string {
  return value.replace(/[&<>"']/g, (c) => `&#${c.codePointAt(0)};`);
}
