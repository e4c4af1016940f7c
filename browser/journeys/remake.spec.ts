import { addCode, chooseDay, confirmContact, customs, hasApplied, receipt, register } from '../support/applicant.ts';
import { approve, claim } from '../support/examiner.ts';
import { expect, test } from '../support/journey.ts';
import { mails } from '../support/mail.ts';
import { APPLICANT, EXAMINER } from '../support/people.ts';
import { heading, open, passTo, press, table, visit } from '../support/walk.ts';

test.use({ now: '2024-11-29T10:00:00+09:00' });

// R-SET-4: what became void over its settings is made anew from itself, with new codes.
test('from a missed deadline to a new registration', async ({ enter }) => {
  const page = await enter(APPLICANT);
  await hasApplied(page, { wish: '2024-12-10', codes: [customs], settings: false });
  const examiner = await enter(EXAMINER);
  await claim(examiner, '2400001A');
  await approve(examiner);
  await visit(page, '/');
  await expect(page.locator('.card.todo', { hasText: 'システム設定が未入力です' })).toContainText('2024年12月4日(水)');
  await passTo(page, '2024-12-05T00:00');
  await visit(page, '/');
  await press(page, '無効になった申込みから作り直す');
  await heading(page, '申込内容の選択');
  await expect(page.locator('[name=kinds][value=user-code]')).toBeChecked();
  await expect(page.getByLabel(/^変更する理由/)).toHaveValue('通関業務と混載業務の取扱量が増えるため。');
  await expect(page.locator('[name=desired]:checked')).toHaveCount(0);
  await chooseDay(page, '2024-12-16');
  await press(page, '申込担当者の入力へ進む');
  await confirmContact(page);
  expect((await table(page.locator('table.codes'))).map((row) => row[2])).toEqual(['通関']);
  await addCode(page, { rows: [{ sso: '否', trades: ['混載業'] }] });
  await open(page, '次へ進む');
  await register(page);
  expect(await receipt(page)).toBe('2400002A');
  await claim(examiner, '2400002A');
  await approve(examiner);
  expect((await table(examiner.getByRole('region', { name: '発行した利用者ID' }))).map((row) => row[1] + row[2])).toEqual(['1BNACA0A', '1CNACA0A']);
  await mails(await page.context().newPage(), '利用申込確認完了のお知らせ', 4);
});
