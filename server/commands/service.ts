import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { readOwnerToken, readServiceMark } from '../serviceFile.ts';
import type { ByteSource } from '../pipeline/imports/csv.ts';
import type { ImportReport, RowError } from '../pipeline/imports/report.ts';

const HEALTH_TIMEOUT_MS = 5_000;

/** A running service, and the headers by which it knows the caller. */
export interface RunningService {
  url: string;
  headers: Record<string, string>;
}

/** Asks as the owner of the token; the service tells its own page by the origin. */
export function serviceAt(url: string, token: string | null | undefined): RunningService {
  const { origin } = new URL(url);
  return { url, headers: { origin, ...(token ? { authorization: `Bearer ${token}` } : {}) } };
}

/**
 * The service that serves the folder; null when none does.
 *
 * @throws when a living process holds the folder and does not answer: opening its files would be refused or worse.
 */
export async function runningService(dataDir: string): Promise<RunningService | null> {
  const mark = readServiceMark(dataDir);
  if (mark === null) return null;
  // A command that holds the folder leaves its name where a service leaves its address.
  if (!URL.canParse(mark.url)) {
    throw new Error(`process ${mark.pid} (${mark.url}) works on ${dataDir}: wait until it has ended`);
  }
  try {
    const answer = await fetch(new URL('/healthz', mark.url), {
      signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS),
    });
    await answer.body?.cancel();
    return serviceAt(mark.url, readOwnerToken(dataDir));
  } catch {
    throw new Error(
      `process ${mark.pid} serves ${dataDir} but does not answer at ${mark.url}: wait until it is up, or stop it`,
    );
  }
}

export interface RemoteImport {
  kind: string;
  body: ByteSource;
  bytesTotal: number | null;
  query: Record<string, string>;
  onProgress(progress: { rows: number; share: number | null }): void;
  onRowError(error: RowError): Promise<void>;
}

/** Sends the file to the running service and follows its lines of JSON to the report. */
export async function importThroughService(
  service: RunningService,
  request: RemoteImport,
): Promise<ImportReport> {
  const target = new URL(`/api/v1/imports/${request.kind}`, service.url);
  for (const [name, value] of Object.entries(request.query)) target.searchParams.set(name, value);
  // `duplex` is asked for by Node when a body streams, and unknown to the browser's types.
  const init: RequestInit & { duplex: 'half' } = {
    method: 'POST',
    headers: {
      'content-type': 'text/csv',
      ...service.headers,
      ...(request.bytesTotal === null ? {} : { 'content-length': String(request.bytesTotal) }),
    },
    body: Readable.toWeb(Readable.from(request.body)) as unknown as BodyInit,
    duplex: 'half',
  };
  const answer = await fetch(target, init);
  if (!answer.ok || answer.body === null) throw new Error(await problemOf(answer));
  const body = Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]);
  for await (const text of createInterface({ input: body })) {
    const line = JSON.parse(text) as ServiceLine;
    if (line.progress !== undefined) request.onProgress(line.progress);
    if (line.rowError !== undefined) await request.onRowError(line.rowError);
    if (line.report !== undefined) return line.report;
    if (line.problem !== undefined) throw new Error(`${line.problem.title}: ${line.problem.detail}`);
  }
  throw new Error('the service ended the answer before its report; give the same file again');
}

interface ServiceLine {
  progress?: { rows: number; share: number | null };
  rowError?: RowError;
  report?: ImportReport;
  problem?: { title: string; detail: string };
}

/** Problem details (RFC 9457) as one sentence. */
export async function problemOf(answer: Response): Promise<string> {
  const text = await answer.text();
  try {
    const { title, detail } = JSON.parse(text) as { title?: string; detail?: string };
    return `the service refused: ${[title, detail].filter((part) => part !== undefined).join(': ')}`;
  } catch {
    return `the service answered ${answer.status}`;
  }
}
