import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { launchBrowser } from '../fixtures/browser.ts';
import { FIRST_RUN_MS, firstRunMade } from './firstRun.ts';
import { englishName, mapDrawn, openScreen, settled } from './screen.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
  await firstRunMade();
}, FIRST_RUN_MS + 20_000);
afterAll(() => browser.close());

describe('a planner before the season', () => {
  test('filters an area, reads why, compares measures, puts one into the register and prints the page', async () => {
    const { page, faults, close } = await openScreen(browser, '#/readiness');
    await settled(page);
    const names = page.getByRole('button', { name: /^Details of / });
    await names.first().waitFor();
    await page.getByRole('row', { name: /^as in past years \d+ \d+ \d+ \d+/ }).waitFor();
    const all = await names.count();

    const area = await page.locator('.area').first().innerText();
    await page.getByRole('combobox', { name: /^Area/ }).selectOption({ label: area });
    await expect.poll(() => names.count(), { timeout: 40_000 }).toBeLessThan(all);
    await page.getByRole('combobox', { name: /^Status/ }).selectOption({ label: 'at risk' });
    await expect
      .poll(async () => new Set(await page.locator('.area').allInnerTexts()), { timeout: 40_000 })
      .toEqual(new Set([area]));

    await names.first().click();
    const open = page.locator('tr.open');
    await open.getByRole('heading', { name: /confidence \d+/ }).waitFor();
    expect(await open.getByRole('listitem').count()).toBeGreaterThan(1);
    await open.getByRole('img', { name: /^Lowest hour of a day through the season/ }).waitFor();
    const plan = open.getByRole('button', { name: 'Put into the register' });
    expect(await plan.count()).toBeGreaterThan(1);
    await plan.first().click();
    await open.getByText('In the register').first().waitFor();
    await page.getByText(/planned by/).waitFor();
    await page.getByRole('button', { name: 'Mark as done' }).first().click();
    await page.getByRole('button', { name: 'Judge now' }).first().click();
    await page.getByText('too early to tell').waitFor();

    await page.emulateMedia({ media: 'print' });
    expect(await page.getByRole('navigation').first().isVisible()).toBe(false);
    expect(await page.getByText('Simulated data').first().isVisible()).toBe(true);
    const pdf = await page.pdf({ format: 'A4' });
    // One page of a PDF is one object of type Page.
    expect(pdf.toString('latin1').match(/\/Type \/Page\b/g)).toHaveLength(1);
    expect(faults).toEqual([]);
    await close();
  });

  test('ranks the areas, narrows to one and to a feeder of it, and sets a warmer season beside', async () => {
    const { page, faults, close } = await openScreen(browser, '#/readiness');
    await settled(page);
    const ranking = page.getByRole('button', { name: /^Details of / });
    await ranking.first().waitFor();
    const all = await ranking.count();
    const areas = page.getByRole('table').filter({ has: page.getByRole('columnheader', { name: 'Area' }) });
    const hours = await areas.locator('td[data-label="Low customer-hours"]').allInnerTexts();
    const worst = hours.map((text) => Number(text.replaceAll(',', '')));
    expect(worst).toEqual(worst.toSorted((a, b) => b - a));

    const area = areas.getByRole('button').first();
    const name = await area.innerText();
    await area.click();
    await expect.poll(() => ranking.count()).toBeLessThan(all);
    await page.getByRole('heading', { name: `Seasons compared · ${name}` }).waitFor();
    const feeder = areas.locator('tr.feeder').getByRole('button').first();
    await feeder.click();
    await page.getByRole('button', { name: /^Feeder .*show all feeders/ }).click();
    await expect.poll(() => feeder.getAttribute('aria-pressed')).toBe('false');

    await page.getByRole('button', { name: /^Compute 1.°C warmer/ }).click();
    await page.getByRole('progressbar', { name: /warmer/ }).waitFor();
    const warmer = page.getByRole('row', { name: /^1.°C warmer\D* \d+ (\d+ more|\d+ fewer|as many)/ });
    await warmer.waitFor({ timeout: FIRST_RUN_MS });
    await page.getByRole('combobox', { name: 'Beside it' }).selectOption({ index: 1 });
    await areas.getByRole('columnheader', { name: /warmer/ }).waitFor();
    expect(faults).toEqual([]);
    await close();
  });

  test('the ranking comes as CSV and as a worksheet', async () => {
    const { page, close } = await openScreen(browser, '#/readiness');
    await page
      .getByRole('button', { name: /^Details of / })
      .first()
      .waitFor();
    for (const [link, begins] of [
      ['CSV', /^\uFEFF?rank,transformer_id,area_id,p_low/],
      ['Areas as CSV', /^\uFEFF?rank,area_id,transformers,at_risk/],
      ['XLSX', /^PK/],
    ] as const) {
      const href = await page.getByRole('link', { name: link, exact: true }).getAttribute('href');
      const answer = await page.request.get(new URL(href!, inject('demo').url).href);
      expect(answer.status()).toBe(200);
      expect((await answer.body()).toString('utf8')).toMatch(begins);
    }
    await close();
  });

  test('sees on the map where the season will be low, and goes from there to the reasons', async () => {
    const { id } = await likeliest();
    const name = await englishName(id);
    const { page, faults, close } = await openScreen(browser, '#/');
    await mapDrawn(page);
    await page.getByRole('radiogroup', { name: 'Colour by' }).getByText('Readiness').click();
    await page.getByText(/^Probability of a low hour in .*, from data to .* · simulated$/).waitFor();
    await expect
      .poll(() => page.locator('.key', { hasText: 'at risk' }).innerText())
      .toMatch(/at risk\s*[1-9]/);
    await page
      .getByRole('button', { name: /[1-9]\d* at risk \/ \d+/ })
      .first()
      .waitFor();
    await expect.poll(() => new URL(page.url()).hash).toContain('layer=readiness');

    await page.goto(`${inject('demo').url}/#/?layer=readiness&t=${id}`);
    const panel = page.getByRole('complementary', { name });
    await panel.getByText(/^lowest hour \d+\sV to \d+\sV$/).waitFor();
    expect(await panel.innerText()).toMatch(/at risk >?\d+\s%/);
    await panel.getByRole('link', { name: /^(Winter|Summer) / }).click();
    await page.getByRole('heading', { level: 2, name }).waitFor();
    await page.getByRole('heading', { name: 'Measures tried' }).first().waitFor();

    await page.goto(`${inject('demo').url}/#/transformers/${id}`);
    await page.getByRole('heading', { name: 'Forecast', exact: true }).waitFor();
    await page.getByRole('img', { name: /^Lowest hour of a day through the season/ }).waitFor();
    expect(faults).toEqual([]);
    await close();
  });
});

/** The transformer at the head of the ranking. */
async function likeliest(): Promise<{ id: string }> {
  const { url } = inject('demo');
  const { run } = (await (await fetch(new URL('/api/v1/map/readiness', url))).json()) as {
    run: { id: string };
  };
  const page = (await (await fetch(new URL(`/api/v1/readiness/${run.id}?limit=1`, url))).json()) as {
    items: { transformerId: string }[];
  };
  return { id: page.items[0]!.transformerId };
}
