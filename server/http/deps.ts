import type { Principal } from '../core/access.ts';
import type { GridModel, Transformer } from '../core/grid.ts';
import type { LiveTransformer, ReplayDay } from '../core/liveView.ts';
import type { DeadLetter } from '../core/reading.ts';
import type { Accounts } from '../pipeline/access/accounts.ts';
import type { CalendarFeeds } from '../pipeline/access/calendarFeeds.ts';
import type { SingleSignOn } from '../pipeline/access/singleSignOn.ts';
import type { SignIn } from '../pipeline/access/signIn.ts';
import type { ReplaySpan, ThresholdOutcome } from '../pipeline/thresholdReplay.ts';
import type {
  AlertDesk,
  Clock,
  Database,
  LiveView,
  Logger,
  MessageSource,
  PlanDesk,
  PipelineStatus,
  ReadingStore,
  StoreHealth,
} from '../ports.ts';

export interface ImportProgress {
  rows: number;
  refused: number;
  /** Share of the input that was read, 0–1; null when its length is unknown. */
  share: number | null;
}

/** What an import did, or with `dryRun` would do. */
export interface ImportOutcome {
  kind: string;
  dryRun: boolean;
  rows: number;
  stored: number;
  duplicate: number;
  refused: number;
  /** First faults; the command writes all of them to a file. */
  errors: { line: number; column: string | null; message: string }[];
  [detail: string]: unknown;
}

/** What came of a wish for a backup. */
export type BackupOutcome =
  | { kind: 'made'; folder: string; files: number; bytes: number; spooled: number }
  | { kind: 'busy' }
  | { kind: 'nothing-embedded' };

export interface LiveDetail extends LiveView {
  transformer(id: string): LiveTransformer | null;
  replayDay(): ReplayDay;
}

export interface HttpSso {
  signOn: SingleSignOn;
  /** What the provider is called; null: it has no name. */
  label: string | null;
  /** Signs the cookie by which a browser is known between leaving for the provider and coming back. */
  cookieKey: string;
}

/** Who may come in, and how. */
export interface HttpAccess {
  signIn: SignIn;
  accounts: Accounts;
  feeds: CalendarFeeds;
  /** Whoever comes without credentials; null: nobody. The demo signs in by itself, on loopback. */
  unnamed(): Promise<Principal | null>;
  /** SHA-256 of the token of whoever may read the data folder; null: none. */
  ownerTokenHash: string | null;
  /** Scheme, host and port under which people reach the pages, where that is configured. */
  publicOrigin: string | null;
  /** Single sign-on; null: not configured. */
  sso: HttpSso | null;
  /** Who may read /metrics without a token. */
  metrics: 'loopback' | 'anyone' | 'nobody';
}

/** Everything that the pages and the API may ask; handed over by the composition root. */
export interface HttpDeps {
  clock: Clock;
  log: Logger;
  access: HttpAccess;
  database: Database;
  store: ReadingStore;
  source: Pick<MessageSource, 'health'>;
  live: LiveDetail;
  pipeline: { status(): PipelineStatus };
  alerts: AlertDesk;
  plan: PlanDesk;
  newId(): string;
  grid(): GridModel;
  /** Sends a dead letter through the decoder again; false when it was refused once more. */
  replayDeadLetter(letter: DeadLetter): Promise<boolean>;
  register(
    grid: { areas: GridModel['areas']; feeders: GridModel['feeders']; transformers: Transformer[] },
    validFromMs: number,
  ): Promise<void>;
  runImport(
    kind: string,
    body: AsyncIterable<Uint8Array>,
    options: {
      dryRun: boolean;
      bytesTotal: number | null;
      /** Names the input, so that a broken-off history import goes on when it is sent again. */
      resumeKey?: string;
      encoding?: string;
      /** Registry: from when a changed nameplate holds. */
      validFromMs?: number;
      onProgress(progress: ImportProgress): void;
      /** Each refused row with all its faults, in order. */
      onRowError(error: {
        line: number;
        faults: { column: string | null; message: string }[];
        cells: string[];
      }): void;
    },
  ): Promise<ImportOutcome>;
  /** Copies the embedded stores into the data folder. */
  backup(): Promise<BackupOutcome>;
  rules: {
    /** Limits and detection as they are configured. */
    inForce(): { limits: Record<string, unknown>; detection: Record<string, unknown> };
    /** A draft, ready to be replayed beside the rule in force; or all its faults. */
    prepare(draft: unknown):
      | { faults: string[] }
      | {
          run(
            span: ReplaySpan,
            watch: { onProgress(share: number): void; signal: AbortSignal },
          ): Promise<ThresholdOutcome>;
        };
  };
  limitsOf(transformer: Transformer): { nominalV: number; lowV: number; highV: number };
  info: {
    version: string;
    startedMs: number;
    simulated: boolean;
    timeZone: string;
    seasons: { summer: { from: string; to: string }; winter: { from: string; to: string } };
    /** Configuration in force, secrets replaced. */
    config: Record<string, unknown>;
  };
  /** Names under which a browser may reach us; null when any will do (a proxy in front decides). */
  allowedHosts: ReadonlySet<string> | null;
  metrics(): Promise<{ contentType: string; body: string }>;
  components(): Promise<({ name: string; isAside?: boolean } & StoreHealth)[]>;
  /** Folder of the built pages. */
  webRoot: string;
}
