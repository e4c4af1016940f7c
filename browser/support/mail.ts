import { expect, type Page } from '@playwright/test';
import { open, visit } from './walk.ts';

// A Letter is one mail as the list of the demo's mail server shows it.
export interface Letter {
  to: string; // the address alone
  subject: string;
}

const LIST = `(html) => [...new DOMParser().parseFromString(html, 'text/html').querySelectorAll('main tbody tr')].map((row) =>
  ({ to: /[\\w.-]+@[\\w.-]+/.exec(row.cells[1].textContent)?.[0] ?? '', subject: row.querySelector('a').textContent }))`;

// mails lists what the mail server has received about a subject, newest first, once there are as many as
// awaited. The mails leave the product through a real SMTP server, so they come a moment after the page. The list is
// read without being shown.
export async function mails(page: Page, about: string, awaited: number): Promise<Letter[]> {
  let letters: Letter[] = [];
  await expect(async () => {
    const html = await (await page.request.get('/demo/mail')).text();
    const all = (await page.evaluate(`(${LIST})(${JSON.stringify(html)})`)) as Letter[];
    letters = all.filter((letter) => letter.subject.includes(about));
    expect(letters).toHaveLength(awaited);
  }).toPass({ timeout: 20_000, intervals: [50, 100, 250] });
  return letters;
}

// mail is the text of the newest mail about a subject to an address; it must have come (mails).
export async function mail(page: Page, about: string, to: string): Promise<string> {
  await visit(page, '/demo/mail');
  const row = page.locator('main tbody tr', { hasText: about }).filter({ hasText: to }).first();
  await open(page, /./, row);
  return page.locator('.typed').innerText();
}
