import type { ContactPoint } from '../alertApi.ts';
import { alertApi } from '../alertApi.ts';
import type { Locale } from '../i18n/dictionary.ts';

export type PushStanding = 'not-configured' | 'unsupported' | 'denied' | 'off' | 'on';

/** Notifications on this device: the browser's subscription, kept as a contact point of who is signed in. */
export class PushState {
  busy = $state(false);
  fault = $state('');
  /** Endpoint that this browser is subscribed at. */
  #endpoint = $state<string | null>(null);

  async start(): Promise<void> {
    if (!isSupported()) return;
    const registration = await navigator.serviceWorker.getRegistration();
    this.#endpoint = (await registration?.pushManager.getSubscription())?.endpoint ?? null;
  }

  standing(key: string | null | undefined, contactPoints: readonly ContactPoint[]): PushStanding {
    if (key === null || key === undefined || key === '') return 'not-configured';
    if (!isSupported()) return 'unsupported';
    if (Notification.permission === 'denied') return 'denied';
    return this.#pointOf(contactPoints) === undefined ? 'off' : 'on';
  }

  async turnOn(key: string, name: string, language: Locale): Promise<void> {
    await this.#act(async () => {
      const { principal } = await alertApi.me();
      if (principal === null) throw new Error('401');
      const registration = await navigator.serviceWorker.ready;
      const subscription = await registration.pushManager.subscribe({
        userVisibleOnly: true,
        applicationServerKey: key,
      });
      const { endpoint, keys } = subscription.toJSON();
      await alertApi.create('contact-points', {
        userId: principal.id,
        channel: 'web-push',
        name,
        language,
        settings: { endpoint: endpoint ?? '', p256dh: keys?.['p256dh'] ?? '', auth: keys?.['auth'] ?? '' },
        priority: 0,
        enabled: true,
      });
      this.#endpoint = endpoint ?? null;
    });
  }

  async turnOff(contactPoints: readonly ContactPoint[]): Promise<void> {
    await this.#act(async () => {
      const point = this.#pointOf(contactPoints);
      if (point !== undefined) await alertApi.end('contact-points', point);
      const registration = await navigator.serviceWorker.getRegistration();
      await (await registration?.pushManager.getSubscription())?.unsubscribe();
      this.#endpoint = null;
    });
  }

  #pointOf(contactPoints: readonly ContactPoint[]): ContactPoint | undefined {
    return contactPoints.find(
      ({ channel, settings }) => channel === 'web-push' && settings['endpoint'] === this.#endpoint,
    );
  }

  async #act(run: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.fault = '';
    try {
      await run();
    } catch (error) {
      this.fault = error instanceof Error ? error.message : String(error);
    } finally {
      this.busy = false;
    }
  }
}

function isSupported(): boolean {
  return 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;
}
