import { accessApi } from '../accessApi.ts';
import { alertApi, type ContactPoint } from '../alertApi.ts';
import type { Locale } from '../i18n/dictionary.ts';

export type PushStanding =
  | 'not-configured'
  | 'unsupported'
  /** Only pages that came over HTTPS are notified. */
  | 'insecure'
  /** An iPhone or iPad notifies only what stands on its home screen. */
  | 'not-installed'
  | 'denied'
  | 'off'
  | 'on';

/** Its address is a secret that the server does not give out again: the contact point is known by its id. */
const STORAGE_KEY = 'peakvolt.pushContact';

/** Notifications on this device: the browser's subscription, kept as a contact point of who is signed in. */
export class PushState {
  busy = $state(false);
  fault = $state.raw<Error | null>(null);
  /** Contact point that this browser is subscribed by. */
  #pointId = $state<string | null>(null);

  async start(): Promise<void> {
    if (!isSupported()) return;
    const registration = await navigator.serviceWorker.getRegistration();
    const subscription = (await registration?.pushManager.getSubscription()) ?? null;
    this.#pointId = subscription === null ? null : localStorage.getItem(STORAGE_KEY);
  }

  standing(key: string | null | undefined, contactPoints: readonly ContactPoint[]): PushStanding {
    if (key === null || key === undefined || key === '') return 'not-configured';
    if (!isSupported()) return lackOf();
    if (Notification.permission === 'denied') return 'denied';
    return this.#pointOf(contactPoints) === undefined ? 'off' : 'on';
  }

  async turnOn(key: string, name: string, language: Locale): Promise<void> {
    await this.#act(async () => {
      const { principal } = await accessApi.me();
      if (principal === null) throw new Error('401');
      const registration = await navigator.serviceWorker.ready;
      const subscription = await registration.pushManager.subscribe({
        userVisibleOnly: true,
        applicationServerKey: key,
      });
      const { endpoint, keys } = subscription.toJSON();
      const { id } = await alertApi.create('contact-points', {
        userId: principal.id,
        channel: 'web-push',
        name,
        language,
        settings: { endpoint: endpoint ?? '', p256dh: keys?.['p256dh'] ?? '', auth: keys?.['auth'] ?? '' },
        priority: 0,
        enabled: true,
      });
      localStorage.setItem(STORAGE_KEY, id);
      this.#pointId = id;
    });
  }

  async turnOff(contactPoints: readonly ContactPoint[]): Promise<void> {
    await this.#act(async () => {
      const point = this.#pointOf(contactPoints);
      if (point !== undefined) await alertApi.end('contact-points', point);
      const registration = await navigator.serviceWorker.getRegistration();
      await (await registration?.pushManager.getSubscription())?.unsubscribe();
      localStorage.removeItem(STORAGE_KEY);
      this.#pointId = null;
    });
  }

  #pointOf(contactPoints: readonly ContactPoint[]): ContactPoint | undefined {
    return contactPoints.find(({ id }) => id === this.#pointId);
  }

  async #act(run: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.fault = null;
    try {
      await run();
    } catch (error) {
      // That it was not allowed is told by how it stands.
      const isDenied = error instanceof DOMException && error.name === 'NotAllowedError';
      this.fault = isDenied ? null : error instanceof Error ? error : new Error(String(error));
    } finally {
      this.busy = false;
    }
  }
}

function isSupported(): boolean {
  return 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;
}

/** Why this browser cannot be notified, as far as it can be mended. */
function lackOf(): PushStanding {
  if (!window.isSecureContext) return 'insecure';
  // Only Safari on iOS has it; there `PushManager` is missing until the page is installed.
  const { standalone } = navigator as Navigator & { standalone?: boolean };
  return standalone === false ? 'not-installed' : 'unsupported';
}
