import { readFileSync } from 'node:fs';
import { type Locator, type Page } from '@playwright/test';

// download follows a link or presses a button that answers with a file, and returns its bytes as text.
export async function download(page: Page, from: Locator): Promise<string> {
  const [file] = await Promise.all([page.waitForEvent('download'), from.click()]);
  return readFileSync(await file.path(), 'utf8');
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
