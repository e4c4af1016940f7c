import { expect, type Page } from '@playwright/test';
import { look, open } from './walk.ts';

// A Letter is one mail as the list of the demo's mail server shows it.
export interface Letter {
  to: string; // the address alone
  subject: string;
}

// mails lists what the mail server has received about a subject, newest first, once there are as many as
// awaited. The mails leave the product through a real SMTP server, so they come a moment after the page.
export async function mails(page: Page, about: string, awaited: number): Promise<Letter[]> {
  let letters: Letter[] = [];
  await expect(async () => {
    await page.goto('/demo/mail');
    const rows = await page.locator('main tbody tr', { hasText: about }).all();
    letters = await Promise.all(rows.map(async (row) => ({ to: /[\w.-]+@[\w.-]+/.exec(await row.locator('td').nth(1).innerText())?.[0] ?? '', subject: await row.locator('a').innerText() })));
    expect(letters).toHaveLength(awaited);
  }).toPass({ timeout: 20_000 });
  await look(page);
  return letters;
}

// mail is the text of the newest mail about a subject to an address; the page must have been listed first.
export async function mail(page: Page, about: string, to: string): Promise<string> {
  await page.goto('/demo/mail');
  const row = page.locator('main tbody tr', { hasText: about }).filter({ hasText: to }).first();
  await open(page, /./, row);
  return page.locator('.typed').innerText();
}
