import type { App } from './app.ts';
import { DEMO_PEOPLE, demoSettings } from './core/incident/demoSettings.ts';
import type { SettingsKind } from './ports.ts';

/** Three people on call in the simulated county, reached over a channel that tells nobody and says so. */
export async function seedDemoAlerts(
  { database, alerting }: App,
  { nowMs, timeZone, feederId }: { nowMs: number; timeZone: string; feederId: string },
): Promise<void> {
  for (const { id, name } of DEMO_PEOPLE) {
    await database.access.users.add({
      id,
      login: id,
      name,
      role: 'on-call',
      areaIds: null,
      disabled: false,
      createdMs: nowMs,
      // Nobody can sign in as them.
      passwordHash: null,
      linkHash: null,
      linkExpiresMs: null,
      ssoSubject: null,
    });
  }
  const settings = demoSettings(nowMs, timeZone, feederId);
  const known = await database.alertSettings.load();
  for (const kind of Object.keys(settings) as SettingsKind[]) {
    for (const document of settings[kind]) {
      if (!known[kind].some(({ id }) => id === document.id)) await alerting.put(kind, document);
    }
  }
  await alerting.reloadPeople();
}
