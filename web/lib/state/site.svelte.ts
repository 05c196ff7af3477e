import { api, type SystemStatus } from '../api.ts';
import type { SeasonSpan } from '../season.ts';
import { Backoff } from './backoff.svelte.ts';

/** The pages wait this long for the zone before they show times in UTC, and say so. */
const PATIENCE_MS = 1_500;

/** What the server says of the installation; UTC (never the browser's zone) and the usual seasons until then. */
class Site {
  timeZone = $state('UTC');
  version = $state('');
  seasons = $state.raw<readonly SeasonSpan[] | undefined>();
  /** Where the embedded broker listens; null where another one is configured, empty until it is known. */
  brokerAddress = $state.raw<string | null>('');
  /** The zone is the grid's. */
  known = $state(false);
  /** The answer is overdue: pages go on without it. */
  late = $state(false);
  readonly retry = new Backoff(() => void this.load());

  start(): () => void {
    const timer = setTimeout(() => (this.late = !this.known), PATIENCE_MS);
    void this.load();
    return () => {
      clearTimeout(timer);
      this.retry.stop();
    };
  }

  async load(): Promise<void> {
    try {
      const { timeZone, version, seasons, components } = await api.system();
      this.timeZone = timeZone;
      this.version = version;
      this.seasons = [
        { season: 'summer', ...seasons.summer },
        { season: 'winter', ...seasons.winter },
      ];
      this.brokerAddress = embeddedAddress(components);
      this.known = true;
      this.late = false;
      this.retry.succeeded();
    } catch {
      this.late = !this.known;
      this.retry.failed();
    }
  }
}

function embeddedAddress(components: SystemStatus['components']): string | null {
  const notice = components.find(({ name }) => name === 'broker')?.notice;
  if (notice?.code.startsWith('embedded-broker') !== true) return null;
  return String(notice.values['address'] ?? '');
}

export const site = new Site();
