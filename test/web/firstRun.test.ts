import { cleanup, render, screen } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';
import FirstRun from '../../web/components/FirstRun.svelte';
import { api, type SystemStatus } from '../../web/lib/api.ts';
import { site } from '../../web/lib/state/site.svelte.ts';

const broker = (notice: unknown) => [{ name: 'broker', ok: true, product: '', detail: '', notice }];
const span = { from: '06-01', to: '08-31' };

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  site.brokerAddress = '';
});

test.each([
  [
    'embedded-broker',
    { address: 'mqtt://127.0.0.1:1884', clients: 0 },
    /embedded broker at mqtt:\/\/127\.0\.0\.1:1884\./,
  ],
  ['embedded-broker-stopped', {}, /Set MQTT_URL, or point devices at the embedded broker\.$/],
  ['mqtt-connected', {}, /Point devices at the broker that MQTT_URL names/],
])('the first page says where devices connect: %s', async (code, values, said) => {
  vi.spyOn(api, 'system').mockResolvedValue({
    timeZone: 'UTC',
    version: '1',
    seasons: { summer: span, winter: span },
    components: broker({ code, values }),
  } as unknown as SystemStatus);
  await site.load();
  render(FirstRun);
  expect(screen.getByText(said)).toBeTruthy();
  expect(document.body.textContent).not.toContain('1883');
});
