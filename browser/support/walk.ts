import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Locator, type Page } from '@playwright/test';
import { accessible, unclipped } from './accessible.ts';
import { send } from './form.ts';

// The widths at which every state of a page is examined, whichever its journey has: the layout depends on nothing
// else (the style sheets ask for the width alone).
export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 360, height: 740 };

let pictures = 0;

// A Sight is what one question tells of a page.
interface Sight {
  headings: string[];
  content: number; // pixels of the page's width
  window: number;
  scripted: boolean;
  kinds: string; // KINDS; texts and identifiers do not count
}

// KINDS lists every kind of element of a page, which is its state.
export const KINDS = `(page) => [page.documentElement.lang, ...new Set([...page.querySelectorAll('body *')]
  .map((e) => [e.tagName, e.className, e.id && e.matches('h1,h2,h3') ? e.id : '', e.hasAttribute('disabled'), e.hasAttribute('aria-invalid'), e.hasAttribute('aria-current')].join('.')))]
  .sort().join('|')`;

const SIGHT = `({
  headings: [...document.querySelectorAll('h1')].map((e) => e.innerText),
  content: document.documentElement.scrollWidth,
  window: document.documentElement.clientWidth,
  scripted: !matchMedia('(scripting: none)').matches,
  kinds: (${KINDS})(document),
})`;

// look checks what every page owes its reader: one heading, no sideways scrolling, and, at either width, nothing that
// axe-core finds and nothing to press that a phone has not. With UKETSUKE_SHOTS set, it also leaves a picture of each
// state in that folder.
export async function look(page: Page): Promise<void> {
  const sight = (await page.evaluate(SIGHT)) as Sight;
  if (sight.headings.length !== 1 || sight.headings[0].trim() === '') {
    await expect(page.locator('h1')).toHaveCount(1);
    await expect(page.locator('h1')).not.toBeEmpty();
  }
  if (sight.content > sight.window) await softly(unclipped(page));
  // Without JavaScript axe-core cannot run; the same pages are examined in the other journeys.
  if (!sight.scripted) return;
  const path = kindOf(new URL(page.url()).pathname);
  const own = page.viewportSize()!;
  const other = own.width > 600 ? PHONE : DESKTOP;
  if (first(`${own.width} ${path} ${sight.kinds}`)) await examine(page);
  if (!first(`${other.width} ${path} ${sight.kinds}`)) return;
  const pressable = await controls(page);
  await page.setViewportSize(other);
  await softly(unclipped(page));
  const [wide, narrow] = other === PHONE ? [pressable, await controls(page)] : [await controls(page), pressable];
  const missing = wide.filter((control) => !narrow.includes(control));
  expect.soft(missing, `nothing of ${page.url()} is missing on a phone`).toEqual([]);
  await examine(page, true);
  await page.setViewportSize(own);
}

// kindOf is an address with a star for what tells applications, codes, people and mails apart.
export const kindOf = (path: string): string => path.replace(/\/(?:(?=[^/]*\d)[^/]+|[A-Z2-7]{20,}|(?:nac|exl)-[a-z]+)(?=\/|$)/g, '/*');

// first says whether nobody in this run has claimed a state before, in any worker. Who claims it examines it, or the
// journey fails.
export function first(state: string): boolean {
  const name = createHash('sha256').update(state).digest('hex');
  try {
    closeSync(openSync(join(process.env.UKETSUKE_RUN!, name), 'wx'));
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  }
}

async function examine(page: Page, again = false): Promise<void> {
  await picture(page);
  await softly(accessible(page, again));
}

// controls are the things to press and to fill in that have a place on the page, by their order and their tag.
const controls = (page: Page): Promise<string[]> =>
  page.evaluate(`[...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
    .map((e, i) => e.getClientRects().length > 0 && i + ' ' + e.outerHTML.slice(0, 200)).filter(Boolean)`);

// softly notes a fault and lets the journey go on, so that one run tells all of them.
async function softly(check: Promise<void>): Promise<void> {
  const fault = await check.then(() => '', (error: Error) => error.message);
  expect.soft(fault).toBe('');
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

// passTo moves the demo's clock forward as setClock does, without showing it.
export async function passTo(page: Page, to: string): Promise<void> {
  await send(page, '/demo/clock', { back: '/', to, step: '' });
}
