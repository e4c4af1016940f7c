import { customs, hasApplied } from '../support/applicant.ts';
import { expect, test } from '../support/journey.ts';
import { APPLICANT, EXAMINER } from '../support/people.ts';
import { heading, look, press, visit } from '../support/walk.ts';

test.use({ now: '2024-12-02T10:00:00+09:00' });

// The language is changed and changed back on the spot; it is the person's, in every browser of theirs.
test('English and back', async ({ enter }) => {
  const page = await enter(APPLICANT);
  await hasApplied(page, { wish: '2024-12-12', codes: [customs] });
  const here = page.url();
  await press(page, 'English');
  expect(page.url()).toBe(here);
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  const receipt = await page.locator('.done-panel .id').innerText();
  expect(receipt).toBe('2400001A');
  for (const path of ['/', '/contract', '/apply', '/applications']) await visit(page, path);
  const elsewhere = await enter(APPLICANT);
  await expect(elsewhere.locator('html')).toHaveAttribute('lang', 'en');
  await press(page, '日本語');
  await heading(page, '申込内容の確認');
  await expect(page.locator('html')).toHaveAttribute('lang', 'ja');

  const examiner = await enter(EXAMINER);
  await press(examiner, 'English');
  await expect(examiner.locator('html')).toHaveAttribute('lang', 'en');
  await examiner.reload();
  await look(examiner);
});
