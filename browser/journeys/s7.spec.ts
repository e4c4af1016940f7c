import { chooseDay, hasApplied, openNews, receipt, register, sharedNumber } from '../support/applicant.ts';
import { approve, claim, find, giveBack, openReturn, repeatPassword, reopen } from '../support/examiner.ts';
import { expect, test } from '../support/journey.ts';
import { mail, mails } from '../support/mail.ts';
import { APPLICANT, APPLICANT_MAIL, EXAMINER } from '../support/people.ts';
import { heading, open, passTo, press, table, visit } from '../support/walk.ts';

test.use({ now: '2024-12-02T10:00:00+09:00' });

const REASON = '増員の人数と時期をお書きください。';
const CODE = '識別番号の数をご確認ください。';

// S7: returned with two remarks, corrected, registered again; a verdict on the version before is refused.
test('S7 sent back', async ({ enter }) => {
  const page = await enter(APPLICANT);
  await hasApplied(page, { wish: '2024-12-12', codes: [sharedNumber] });
  const address = new URL(page.url()).pathname.replace('/registered', '');

  const examiner = await enter(EXAMINER);
  await claim(examiner, '2400001A');
  await examiner.getByRole('textbox', { name: /^新しいメモ/ }).fill('担当内で相談済み。');
  await press(examiner, '内部メモを残す');
  const stale = await examiner.context().newPage();
  await visit(stale, new URL(examiner.url()).pathname);
  await openReturn(examiner);
  await press(examiner, '差し戻す'); // without a remark: refused, and the form stands open
  await expect(examiner.locator('.summary')).toBeVisible();
  await giveBack(examiner, { 変更する理由: REASON, 追加1: CODE });

  const post = await page.context().newPage();
  await mails(post, '申込内容の修正のお願い', 2);
  const letter = await mail(post, '申込内容の修正のお願い', APPLICANT_MAIL);
  expect(letter).toContain(REASON);
  expect(letter).toContain(CODE);
  expect(letter).not.toContain('担当内で相談済み');

  // The page that was open before only says so.
  await repeatPassword(stale);
  await press(stale, '承認して発行する');
  await expect(stale.locator('main .notice.error, main .summary').first()).toBeVisible();
  await find(stale, '2400001');
  await expect(stale.locator('.queue')).toContainText('差戻し');

  await passTo(page, '2024-12-03T10:00');
  await openNews(page, '2400001A');
  await expect(page.locator('main')).not.toContainText('担当内で相談済み');
  await expect(page.locator('section', { has: page.locator('#content-start') })).toContainText(REASON);
  await expect(page.locator('section', { has: page.locator('#content-codes') })).toContainText(CODE);
  await open(page, '修正して、もう一度登録する');
  await expect(page.locator('main')).toContainText(CODE);
  await visit(page, `${address}/start`);
  await expect(page.locator('main')).toContainText(REASON);
  await expect(page.getByLabel(/^変更する理由/)).toHaveValue('通関業務と混載業務の取扱量が増えるため。');
  await page.getByLabel(/^変更する理由/).fill('2025年1月に通関担当者を2名増員するため。');
  await chooseDay(page, '2024-12-13');
  await press(page, '申込担当者の入力へ進む');
  await visit(page, `${address}/codes`);
  await open(page, '次へ進む');
  await register(page);
  expect(await receipt(page)).toBe('2400001B');

  await claim(examiner, '2400001B');
  await expect(examiner.locator('#since-heading')).toBeVisible();
  await expect(examiner.locator('ins')).toContainText(['2024', '2025年1月に通関担当者を2名増員するため。']);
  await approve(examiner, '2024-12-13');
  await heading(examiner, '発行内容 2400001B');
  expect((await table(examiner.getByRole('region', { name: '発行した利用者ID' }))).map((row) => row[1] + row[2])).toEqual(['1ANACA0A']);
  await visit(page, address);
  await expect(page.locator('.versions')).toContainText('2400001A');
  await open(page, /2400001A/, page.locator('.versions'));
  await expect(page.locator('main')).toContainText('通関業務と混載業務の取扱量が増えるため。');
  await reopen(examiner, '2400001B');
});
