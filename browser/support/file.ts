import { readFileSync } from 'node:fs';
import { expect, type Locator, type Page } from '@playwright/test';
import { PASSWORD } from './people.ts';

// download follows a link or presses a button that answers with a file, and returns its bytes as text.
export async function download(page: Page, from: Locator): Promise<string> {
  const [file] = await Promise.all([page.waitForEvent('download'), from.click()]);
  return readFileSync(await file.path(), 'utf8');
}

// save presses a button for a file, says who is there if the page asks, and returns the file's text; the page is
// then the one that it was.
export async function save(page: Page, name: string): Promise<string> {
  const from = page.url();
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name }).click();
  const field = page.getByLabel(/^確認のため、ログインに使うパスワード/);
  await Promise.race([saved, field.waitFor().catch(() => undefined)]);
  if (await field.isVisible()) {
    await field.fill(PASSWORD);
    await page.getByRole('button', { name: 'ファイルに保存する' }).click();
  }
  const text = readFileSync(await (await saved).path(), 'utf8');
  if (page.url() !== from) await page.goto(from);
  return text;
}

// kept is what save of the same button returns, without pressing it: once the page has asked who is there, it does not
// ask again for minutes.
export async function kept(page: Page, name: string): Promise<string> {
  const [action, form] = (await page.evaluate(`(() => {
    const button = [...document.querySelectorAll('form[method=post] button')].find((b) => b.innerText.trim() === ${JSON.stringify(name)});
    return [button.getAttribute('formaction') ?? button.form.getAttribute('action'), [...new FormData(button.form, button)]];
  })()`)) as [string, [string, string][]];
  const answer = await page.request.post(action, {
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
    data: new URLSearchParams(form).toString(), maxRedirects: 0,
  });
  expect(answer.headers()['content-disposition'], `POST ${action} (${answer.status()})`).toContain('attachment');
  return answer.text();
}

// csv are the rows of a CSV as RFC 4180 has them, without the byte order mark.
export function csv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of text.replace(/^\uFEFF/, '').matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    row.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === ',') continue;
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  }
  return rows;
}
