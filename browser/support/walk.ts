import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Locator, type Page } from '@playwright/test';
import { accessible, unclipped } from './accessible.ts';

// What axe-core has already examined in this process: the same page in the same state is examined once.
const examined = new Set<string>();
let pictures = 0;

// look checks what every page owes its reader: one heading, a way on, no sideways scrolling, and nothing
// that axe-core finds. With UKETSUKE_SHOTS set, it also leaves a picture of each state in that folder.
export async function look(page: Page): Promise<void> {
  await expect(page.locator('h1')).toHaveCount(1);
  await expect(page.locator('h1')).not.toBeEmpty();
  await softly(unclipped(page));
  // Without JavaScript axe-core cannot run; the same pages are examined in the other journeys.
  if (await page.evaluate("matchMedia('(scripting: none)').matches")) return;
  const state = await stateOf(page);
  if (examined.has(state)) return;
  examined.add(state);
  await picture(page);
  await softly(accessible(page));
}

// softly notes a fault and lets the journey go on, so that one run tells all of them.
async function softly(check: Promise<void>): Promise<void> {
  const fault = await check.then(() => '', (error: Error) => error.message);
  expect.soft(fault).toBe('');
}

// stateOf tells states of a page apart by every kind of element on it; texts and identifiers do not count.
async function stateOf(page: Page): Promise<string> {
  const path = new URL(page.url()).pathname.replace(/[0-9a-f-]{20,}/g, '*').replace(/[A-Z2-7]{20,}/g, '*');
  const kinds = await page.evaluate(`[document.documentElement.lang, innerWidth, ...new Set([...document.querySelectorAll('body *')]
    .map((e) => [e.tagName, e.className, e.id && e.matches('h1,h2,h3') ? e.id : '', e.hasAttribute('disabled'), e.hasAttribute('aria-invalid'), e.hasAttribute('aria-current')].join('.')))]
    .sort().join('|')`);
  return `${path} ${kinds}`;
}

async function picture(page: Page): Promise<void> {
  const folder = process.env.UKETSUKE_SHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  const width = page.viewportSize()?.width ?? 0;
  const name = new URL(page.url()).pathname.replace(/[^a-z0-9]+/gi, '-').replace(/[0-9a-f]{8}[0-9a-f-]+/g, 'x');
  await page.screenshot({ path: join(folder, `${width}-${process.pid}-${String(++pictures).padStart(3, '0')}${name}.png`), fullPage: true });
}

// follow does what leads to another page, waits for that page and looks at it.
export async function follow(page: Page, act: () => Promise<unknown>): Promise<void> {
  await Promise.all([page.waitForEvent('load'), act()]);
  await look(page);
}

// visit opens an address.
export const visit = (page: Page, path: string): Promise<void> => follow(page, () => page.goto(path));

// press presses the one button of this name, in the whole page or in a part of it.
export const press = (page: Page, name: string | RegExp, part: Page | Locator = page): Promise<void> =>
  follow(page, () => part.getByRole('button', { name, exact: typeof name === 'string' }).click());

// open follows the one link of this name.
export const open = (page: Page, name: string | RegExp, part: Page | Locator = page): Promise<void> =>
  follow(page, () => part.getByRole('link', { name, exact: typeof name === 'string' }).click());

// heading says that the page is the one with this heading.
export const heading = (page: Page, text: string | RegExp): Promise<void> => expect(page.locator('h1')).toHaveText(text);

// table is the text of a table's body, cell by cell, as a screen reader gets it.
export async function table(part: Locator): Promise<string[][]> {
  const rows = await part.locator('tbody tr').all();
  return Promise.all(rows.map(async (row) => (await row.locator('td, th').allTextContents()).map((cell) => cell.replace(/\s+/g, ' ').trim())));
}

// setClock moves the demo's clock forward to a moment of Japan, such as 2024-12-13T00:00.
export async function setClock(page: Page, to: string): Promise<void> {
  await page.getByLabel('進める日時').fill(to);
  await press(page, 'この日時まで進める');
}
