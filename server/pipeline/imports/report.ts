import type {
  Clock,
  MeasuringPoints,
  ReadingStore,
  Registry,
  RegistryChange,
  Settings,
  WeatherStore,
} from '../../ports.ts';

export const IMPORT_KINDS = ['registry', 'history', 'weather'] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

/** One thing that is wrong with a row. */
export interface RowFault {
  /** Header name; null where the row as a whole is meant. */
  column: string | null;
  message: string;
}

/** A row that was not taken: all its faults together. */
export interface RowError {
  /** Line of the file on which the row ends, from 1. */
  line: number;
  faults: RowFault[];
  /** The row as it was read. */
  cells: string[];
}

export interface ImportProgress {
  stage: 'rows' | 'summaries';
  rows: number;
  refused: number;
  /** Of the stage, 0–1; null where the length of the input is unknown. */
  share: number | null;
}

export interface ImportOptions {
  dryRun?: boolean;
  /** Registry: from when a changed nameplate holds, UTC ms; default now. */
  validFromMs?: number;
  /** `utf-8` by default; any name of the WHATWG encoding list, such as `gb18030`. */
  encoding?: string;
  /** Length of the input, for the share. */
  bytesTotal?: number | null;
  /** History: names the input, so that the same input given again goes on where it was broken off. */
  resumeKey?: string;
  onProgress?(progress: ImportProgress): void;
  /** Called for each refused row, in order; the import waits for it. */
  onRowError?(error: RowError): void | Promise<void>;
}

/**
 * What an import did; with `dryRun`, what it would do. Without a `failure`, rows = stored + duplicate + refused: every row
 * is in exactly one of them.
 */
// A type, not an interface: it is handed on as a record of details.
export type ImportReport = {
  kind: ImportKind;
  dryRun: boolean;
  /** Rows of the input, header and blank lines not counted. */
  rows: number;
  /** Distinct identities that the store holds now because this input names them (new or not). */
  stored: number;
  /** Rows that name an identity again which an earlier row named. */
  duplicate: number;
  refused: number;
  /** False when the input was too disordered to tell every duplicate: then some are counted as stored. */
  duplicatesExact: boolean;
  /** Rows that an earlier, broken-off run had written already. */
  resumedRows: number;
  /** Faults of the first refused rows ({@link ERRORS_KEPT_MAX}). */
  errors: { line: number; column: string | null; message: string }[];
  /** What is worth knowing though nothing was refused for it. */
  warnings: string[];
  /** Time span of the rows taken, UTC ms. */
  span: { fromMs: number; toMs: number } | null;
  /** Registry: how many transformers, and what changes in the first of them ({@link CHANGES_KEPT_MAX}). */
  registry: {
    added: number;
    changed: number;
    unchanged: number;
    changes: RegistryChange[];
  } | null;
  /** Why it ended early; what is stored stays stored, and the same input can be given again. */
  failure: { reason: string; remedy: string } | null;
};

/** What an import needs of the world. */
export interface ImportDeps {
  clock: Clock;
  registry: Registry;
  points: MeasuringPoints;
  weather: WeatherStore;
  settings: Settings;
  store: Pick<ReadingStore, 'writeReadings' | 'recompute' | 'recomputeAll'>;
}

const ERRORS_KEPT_MAX = 100;
const WARNINGS_MAX = 100;
export const CHANGES_KEPT_MAX = 10_000;

export function emptyReport(kind: ImportKind, dryRun: boolean): ImportReport {
  return {
    kind,
    dryRun,
    rows: 0,
    stored: 0,
    duplicate: 0,
    refused: 0,
    duplicatesExact: true,
    resumedRows: 0,
    errors: [],
    warnings: [],
    span: null,
    registry: null,
    failure: null,
  };
}

export function warn(report: ImportReport, warning: string): void {
  if (report.warnings.length < WARNINGS_MAX) report.warnings.push(warning);
}

export async function refuse(report: ImportReport, options: ImportOptions, error: RowError): Promise<void> {
  report.refused++;
  for (const { column, message } of error.faults) {
    if (report.errors.length < ERRORS_KEPT_MAX) report.errors.push({ line: error.line, column, message });
  }
  await options.onRowError?.(error);
}

/** Ends an import early: the input or the store cannot be worked with. Becomes {@link ImportReport.failure}. */
export class ImportFailure extends Error {
  readonly remedy: string;
  constructor(reason: string, remedy: string) {
    super(reason);
    this.name = 'ImportFailure';
    this.remedy = remedy;
  }
}
