import { execFileSync } from 'node:child_process';
import { type Page } from '@playwright/test';

// paper downloads a PDF by its link, has qpdf check its structure and returns its text as pdftotext reads it.
export async function paper(page: Page, name: string | RegExp): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name }).first().click()]);
  const file = await download.path();
  execFileSync('qpdf', ['--check', file], { stdio: 'pipe' });
  return execFileSync('pdftotext', ['-layout', '-enc', 'UTF-8', file, '-'], { encoding: 'utf8' });
}
