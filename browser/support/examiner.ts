import { expect, type Page } from '@playwright/test';
import { open, press, visit } from './walk.ts';
import { PASSWORD } from './people.ts';

// claim takes an unclaimed application of the queue and ends on its page.
export async function claim(page: Page, receipt: string): Promise<void> {
  await visit(page, '/desk?queue=unclaimed');
  await press(page, `担当する ${receipt}`);
  await expect(page.locator('h1')).toHaveText(`申込 ${receipt}`);
}

// approve approves the claimed application that the page shows, with a start date and its reason where they
// are given, and ends on what was issued.
export async function approve(page: Page, start?: string, reason?: string, verb = '承認して発行する'): Promise<void> {
  if (start) await page.getByLabel(/^利用開始日/).fill(start);
  if (reason) await page.getByLabel(/^希望日と異なる理由/).fill(reason);
  await repeatPassword(page);
  await press(page, verb);
}

// repeatPassword fills in the examiner's password where the page asks for it again.
export async function repeatPassword(page: Page): Promise<void> {
  const field = page.getByLabel(/^確認のため、ログインに使うパスワード/);
  if (await field.count()) await field.fill(PASSWORD);
}

// giveBack returns the application with remarks, by the label of the item.
export async function giveBack(page: Page, remarks: Record<string, string>): Promise<void> {
  await openReturn(page);
  for (const [item, text] of Object.entries(remarks)) await page.getByLabel(item, { exact: true }).fill(text);
  await press(page, '差し戻す');
}

// openReturn opens the part of the verdicts where remarks are typed, unless it stands open.
export async function openReturn(page: Page): Promise<void> {
  const part = page.locator('details', { has: page.getByText('差し戻す（修正をお願いする）') });
  if ((await part.getAttribute('open')) === null) await part.locator('summary').click();
}

// find searches the desk for an application in any state and stays on what was found.
export async function find(page: Page, text: string): Promise<void> {
  await visit(page, '/desk');
  await page.getByRole('search').getByRole('textbox').fill(text);
  await press(page, '検索する');
}

// reopen opens an application in any state.
export async function reopen(page: Page, receipt: string): Promise<void> {
  await find(page, receipt);
  await open(page, receipt);
}
