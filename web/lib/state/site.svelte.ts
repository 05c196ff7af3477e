import { api } from '../api.ts';
import type { SeasonSpan } from '../season.ts';

/** What the server says of the installation; the browser's own zone and the usual seasons until it has answered. */
class Site {
  timeZone = $state(Intl.DateTimeFormat().resolvedOptions().timeZone);
  version = $state('');
  seasons = $state.raw<readonly SeasonSpan[] | undefined>();

  async load(): Promise<void> {
    try {
      const { timeZone, version, seasons } = await api.system();
      this.timeZone = timeZone;
      this.version = version;
      this.seasons = [
        { season: 'summer', ...seasons.summer },
        { season: 'winter', ...seasons.winter },
      ];
    } catch {
      // The header and the banner already tell of an absent server.
    }
  }
}

export const site = new Site();
