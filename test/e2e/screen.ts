import { inject } from 'vitest';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';

/** A page and everything that went wrong in it so far. */
export interface Screen {
  page: Page;
  /** Console errors, exceptions, blocked content, and requests to any host but ours. */
  faults: string[];
  close(): Promise<void>;
}

const DESK = { width: 1440, height: 900 };
const OPEN_MS = 40_000;

/** Opens a screen of the service (`#/…`) in a fresh profile and watches it. */
export async function openScreen(
  browser: Browser,
  hash: string,
  { url = inject('demo').url, ...options }: BrowserContextOptions & { url?: string } = {},
): Promise<Screen> {
  const context = await browser.newContext({ viewport: DESK, locale: 'en-GB', ...options });
  context.setDefaultTimeout(OPEN_MS);
  const page = await context.newPage();
  const faults = watch(page, new URL(url).host);
  await page.goto(`${url}/${hash}`);
  return { page, faults, close: () => context.close() };
}

function watch(page: Page, host: string): string[] {
  const faults: string[] = [];
  // A violation of the content security policy is reported as an error on the console.
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`exception: ${error.message}`));
  page.on('request', (request) => {
    const { protocol, host: asked } = new URL(request.url());
    if (protocol !== 'blob:' && protocol !== 'data:' && asked !== host) faults.push(`asks ${request.url()}`);
  });
  return faults;
}

/** The map as a region of the page, in either language. */
export function mapOf(page: Page): Locator {
  return page.getByRole('region', { name: /^(Map of all transformers|全部台区的地图)/ });
}

/** Waits until the map says that its picture is complete. */
export async function mapDrawn(page: Page): Promise<void> {
  await mapOf(page).and(page.locator('[aria-busy=false]')).waitFor();
}

/** Every screen of the demo: its address, and the text in it that says that its data has arrived. */
export const SCREENS = [
  { name: 'map', hash: '#/' },
  { name: 'map with a selection', hash: '#/?t=TQ0316' },
  { name: 'map of readiness', hash: '#/?layer=readiness&t=TQ0316' },
  { name: 'map of tonight', hash: '#/?layer=tonight' },
  { name: 'transformer', hash: '#/transformers/TQ0316' },
  { name: 'incidents', hash: '#/incidents' },
  { name: 'readiness', hash: '#/readiness' },
  { name: 'outages', hash: '#/outages' },
  { name: 'on-call', hash: '#/on-call' },
  { name: 'rules', hash: '#/rules' },
  { name: 'system', hash: '#/system' },
  { name: 'no such page', hash: '#/nowhere' },
] as const;

/** Waits until nothing on the screen is still loading. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' });
  await page.locator('body:not(:has([aria-label=Loading], [aria-label=加载中]))').waitFor();
  if (await mapOf(page).isVisible()) await mapDrawn(page);
}

/** How many pixels of a picture have a colour, within a tolerance for each channel. */
export async function countPixels(page: Page, picture: Buffer, color: string): Promise<number> {
  const blank = await page.context().newPage();
  try {
    return await blank.evaluate(
      async ({ base64, color }) => {
        const image = new Image();
        image.src = `data:image/png;base64,${base64}`;
        await image.decode();
        const canvas = new OffscreenCanvas(image.width, image.height);
        const context = canvas.getContext('2d')!;
        context.drawImage(image, 0, 0);
        const { data } = context.getImageData(0, 0, image.width, image.height);
        const [red, green, blue] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16)) as [
          number,
          number,
          number,
        ];
        let count = 0;
        for (let i = 0; i < data.length; i += 4) {
          const off = Math.max(
            Math.abs(data[i]! - red),
            Math.abs(data[i + 1]! - green),
            Math.abs(data[i + 2]! - blue),
          );
          if (off <= 10) count += 1;
        }
        return count;
      },
      { base64: picture.toString('base64'), color },
    );
  } finally {
    await blank.close();
  }
}

/** What a transformer of the demo is called in English: its English name where the registry has one. */
export async function englishName(id: string): Promise<string> {
  const answer = await fetch(new URL(`/api/v1/transformers/${id}`, inject('demo').url));
  const { transformer } = (await answer.json()) as {
    transformer: { name: string; attributes: Record<string, string> };
  };
  return transformer.attributes['name_en'] ?? transformer.name;
}
