import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

/** The law of docs/ARCHITECTURE.md, as tests: import direction, purity of the core, sizes, names, no dead exports. */

const FILE_LINES_MAX = 300;
const FUNCTION_LINES_MAX = 70;
const TOP_LEVEL = new Set(
  'server web simulator test docs package.json package-lock.json tsconfig.json vite.config.ts docker-compose.yml Dockerfile README.md CHANGELOG.md CONTRIBUTING.md LICENSE peakvolt.example.yaml'.split(
    ' ',
  ),
);

interface SourceFile {
  path: string;
  text: string;
  /** The TypeScript of it: all of a .ts file, the scripts of a .svelte file. */
  code: string;
  imports: { from: string; typeOnly: boolean }[];
}

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && existsSync(path));
const sources = tracked.filter((path) => /\.(ts|svelte)$/.test(path)).map(read);
const inside = (folder: string) => sources.filter((f) => f.path.startsWith(`${folder}/`));

function read(path: string): SourceFile {
  const text = readFileSync(path, 'utf8');
  const code = path.endsWith('.svelte')
    ? [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((m) => m[1]).join('\n')
    : text;
  return { path, text, code, imports: importsOf(path, code) };
}

function importsOf(path: string, code: string): SourceFile['imports'] {
  const found: SourceFile['imports'] = [];
  const add = (from: string, typeOnly: boolean): void => {
    const target = from.startsWith('.') ? normalize(join(dirname(path), from.replace(/\?.*$/, ''))) : from;
    found.push({ from: target, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      add(node.moduleSpecifier.text, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    } else if (
      ts.isExportDeclaration(node) &&
      node.moduleSpecifier !== undefined &&
      ts.isStringLiteral(node.moduleSpecifier)
    ) {
      add(node.moduleSpecifier.text, node.isTypeOnly);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments;
      if (argument !== undefined && ts.isStringLiteral(argument)) add(argument.text, false);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, code, ts.ScriptTarget.Latest, true));
  return found;
}

/** Which room of the server a path is in, from the inside out. */
function room(path: string): string {
  const match = /^server\/(core|ingest|pipeline|adapters|http|commands)\//.exec(path);
  if (match !== null) return match[1]!;
  return path.replace(/^server\/|\.ts$/g, '').replace(/^\w+Ports$/, 'ports');
}

/** A room → the rooms whose values it may import. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  core: ['core'],
  ingest: ['core', 'ingest', 'ports'],
  ports: ['core', 'ports'],
  pipeline: ['core', 'ingest', 'ports', 'pipeline'],
  adapters: ['core', 'ports', 'adapters'],
  http: ['core', 'ports', 'pipeline', 'http'],
};

describe('import direction', () => {
  it.each(Object.entries(MAY_IMPORT))('%s imports only inward', (name, allowed) => {
    const breaches = inside('server')
      .filter((f) => room(f.path) === name)
      .flatMap((f) =>
        f.imports
          .filter((i) => /^(server|web|simulator|test)\//.test(i.from))
          .filter((i) => !i.from.startsWith('server/') || !allowed.includes(room(i.from)))
          .map((i) => `${f.path} → ${i.from}`),
      );
    expect(breaches).toEqual([]);
  });

  it('adapters never import each other', () => {
    const technology = (path: string) =>
      /^server\/adapters\/(store\/[^/]+|[^/]+)/.exec(path)?.[1]?.replace(/\.ts$/, '');
    const breaches = inside('server/adapters').flatMap((f) =>
      f.imports
        .filter((i) => i.from.startsWith('server/adapters/') && technology(i.from) !== technology(f.path))
        // What two stores share by definition lies directly in store/.
        .filter((i) => !/^server\/adapters\/store\/[^/]+\.ts$/.test(i.from))
        .map((i) => `${f.path} → ${i.from}`),
    );
    expect(breaches).toEqual([]);
  });

  it('web takes only types from the server', () => {
    const breaches = inside('web').flatMap((f) =>
      f.imports
        .filter(
          (i) => /^(server|simulator|test)\//.test(i.from) && !(i.typeOnly && i.from.startsWith('server/')),
        )
        .map((i) => `${f.path} → ${i.from}`),
    );
    expect(breaches).toEqual([]);
  });

  it('the simulator shares nothing with the server but the payload contract', () => {
    const breaches = inside('simulator').flatMap((f) =>
      f.imports
        .filter((i) => /^(server|web|test)\//.test(i.from) && i.from !== 'server/ingest/payload.ts')
        .map((i) => `${f.path} → ${i.from}`),
    );
    expect(breaches).toEqual([]);
  });

  it('nothing of the program imports a test', () => {
    const breaches = [...inside('server'), ...inside('web'), ...inside('simulator')].flatMap((f) =>
      f.imports.filter((i) => i.from.startsWith('test/')).map((i) => `${f.path} → ${i.from}`),
    );
    expect(breaches).toEqual([]);
  });
});

describe('purity', () => {
  it('core imports no package and no node module, and is never asynchronous', () => {
    const breaches = inside('server/core').flatMap((f) => [
      ...f.imports.filter((i) => !i.from.startsWith('server/core/')).map((i) => `${f.path} → ${i.from}`),
      ...(/\basync\b|\bawait\b|\bPromise\b/.test(withoutComments(f.code)) ? [`${f.path}: asynchronous`] : []),
    ]);
    expect(breaches).toEqual([]);
  });

  it('time and chance are arguments in core, ingest, pipeline and http', () => {
    const breaches = ['core', 'ingest', 'pipeline', 'http']
      .flatMap((name) => inside(`server/${name}`))
      .filter((f) =>
        /\bDate\.now\(|new Date\(\)|\bMath\.random\(|\bsetTimeout\(|\bsetInterval\(|\bperformance\.now\(|\bprocess\.env\b/.test(
          withoutComments(f.code),
        ),
      )
      .map((f) => f.path);
    expect(breaches).toEqual([]);
  });
});

describe('size and names', () => {
  it(`files have at most ${FILE_LINES_MAX} lines`, () => {
    const breaches = sources
      .map((f) => ({ path: f.path, lines: f.text.split('\n').length - 1 }))
      .filter((f) => f.lines > FILE_LINES_MAX)
      .map((f) => `${f.path}: ${f.lines}`);
    expect(breaches).toEqual([]);
  });

  it(`functions have at most ${FUNCTION_LINES_MAX} lines`, () => {
    expect([...inside('server'), ...inside('web'), ...inside('simulator')].flatMap(longFunctions)).toEqual(
      [],
    );
  });

  it('there is no room without a noun', () => {
    const breaches = tracked.filter((p) =>
      /(^|\/)(utils?|helpers?|common|misc|shared)(\/|\.[a-z.]+$)/i.test(p),
    );
    expect(breaches).toEqual([]);
  });

  it('the top level holds only what is agreed', () => {
    const breaches = new Set(
      tracked.map((p) => p.split('/')[0]!).filter((p) => !p.startsWith('.') && !TOP_LEVEL.has(p)),
    );
    expect([...breaches]).toEqual([]);
  });
});

describe('dead exports', () => {
  it('every exported value is used by another file', () => {
    const words = new Map(sources.map((f) => [f.path, new Set(f.text.match(/[A-Za-z_$][\w$]*/g))]));
    const dead = [...inside('server'), ...inside('web'), ...inside('simulator')].flatMap((f) =>
      exportsOf(f)
        .filter((name) => !sources.some((other) => other.path !== f.path && words.get(other.path)!.has(name)))
        .map((name) => `${f.path}: ${name}`),
    );
    expect(dead).toEqual([]);
  });
});

function exportsOf(file: SourceFile): string[] {
  return [
    ...file.code.matchAll(/^export (?:async )?(?:function\*?|const|let|class|abstract class) (\w+)/gm),
  ].map((m) => m[1]!);
}

function longFunctions(file: SourceFile): string[] {
  const found: string[] = [];
  const source = ts.createSourceFile(file.path, file.code, ts.ScriptTarget.Latest, true);
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const lines =
        source.getLineAndCharacterOfPosition(node.getEnd()).line -
        source.getLineAndCharacterOfPosition(node.getStart(source)).line +
        1;
      const name = node.name?.getText(source) ?? 'anonymous';
      if (lines > FUNCTION_LINES_MAX) found.push(`${file.path}: ${name} has ${lines} lines`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function withoutComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:])\/\/.*$/gm, '$1');
}
