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
export async function approve(page: Page, start?: string, reason?: string): Promise<void> {
  if (start) await page.getByLabel(/^利用開始日/).fill(start);
  if (reason) await page.getByLabel(/^希望日と異なる理由/).fill(reason);
  await repeatPassword(page);
  await press(page, '承認して発行する');
}

// repeatPassword fills in the examiner's password where the page asks for it again.
export async function repeatPassword(page: Page): Promise<void> {
  const field = page.getByLabel(/^確認のため、ログインに使うパスワード/);
  if (await field.count()) await field.fill(PASSWORD);
}

// giveBack returns the application with remarks, by the label of the item.
export async function giveBack(page: Page, remarks: Record<string, string>): Promise<void> {
  await page.getByText('差し戻す（修正をお願いする）').click();
  for (const [item, text] of Object.entries(remarks)) await page.getByLabel(item, { exact: true }).fill(text);
  await press(page, '差し戻す');
}

// reopen opens an application from the queue of all.
export async function reopen(page: Page, receipt: string): Promise<void> {
  await visit(page, '/desk?queue=all');
  await open(page, receipt);
}
