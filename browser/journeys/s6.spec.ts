import { consolidation, customs, hasApplied, receipt } from '../support/applicant.ts';
import { approve, claim, repeatPassword } from '../support/examiner.ts';
import { expect, test } from '../support/journey.ts';
import { mails } from '../support/mail.ts';
import { APPLICANT, EXAMINER, SUPERVISOR } from '../support/people.ts';
import { heading, open, passTo, press, table, visit } from '../support/walk.ts';

test.use({ now: '2024-11-29T10:00:00+09:00' });

// S6: settings that are not complete in time make the approval void; what was issued is never issued again.
test('S6 the settings deadline', async ({ enter }) => {
  const page = await enter(APPLICANT);
  await hasApplied(page, { wish: '2024-12-10', codes: [customs], settings: false });
  await expect(page.locator('main')).toContainText('システム設定が未入力です');
  const address = new URL(page.url()).pathname.replace('/registered', '');

  const examiner = await enter(EXAMINER);
  await passTo(examiner, '2024-12-02T10:00');
  await claim(examiner, '2400001A');
  await expect(examiner.getByLabel(/^利用開始日/)).toHaveValue('2024-12-10');
  await expect(examiner.locator('.verdict')).toContainText('システム設定申込の締切日は2024年12月4日(水)');
  await approve(examiner);
  await expect(examiner.locator('main')).toContainText('2024年12月4日(水)');

  const post = await page.context().newPage();
  await passTo(page, '2024-12-03T09:00'); // the fifth business day before; those before the approval are skipped
  await mails(post, 'システム設定申込の締切日', 2);
  await passTo(page, '2024-12-04T09:00');
  await mails(post, 'システム設定申込の締切日', 4);
  await passTo(page, '2024-12-04T23:59');
  await visit(page, `${address}/ids`);
  await expect(page.getByRole('button', { name: 'パスワードを表示する' })).toBeVisible();
  await passTo(page, '2024-12-05T00:00');
  await visit(page, address);
  await expect(page.locator('main')).toContainText('承認は無効になりました');
  await mails(post, '無効', 2);
  await visit(page, `${address}/ids`);
  await expect(page.getByRole('button', { name: 'パスワードを表示する' })).toHaveCount(0);
  await visit(page, '/');
  await visit(examiner, '/desk?queue=all');
  await visit(examiner, new URL(examiner.url()).pathname);

  await hasApplied(page, { wish: '2024-12-16', codes: [consolidation] });
  expect(await receipt(page)).toBe('2400002A');
  await claim(examiner, '2400002A');
  await approve(examiner);
  const issued = await table(examiner.getByRole('region', { name: '発行した利用者ID' }));
  expect(issued.map((row) => row[1] + row[2])).toEqual(['1BNACA0A']);
});

// S13: an approval so late that it may not start as wished. The page proposes the first possible day with
// its reason, an earlier one is refused, and a later change remakes the days.
test('S13 late examination', async ({ enter }) => {
  const page = await enter(APPLICANT);
  await passTo(page, '2024-12-02T10:00');
  await hasApplied(page, { wish: '2024-12-12', codes: [customs], settings: false });

  const examiner = await enter(EXAMINER);
  await passTo(examiner, '2024-12-18T10:00');
  await claim(examiner, '2400001A');
  await expect(examiner.getByLabel(/^利用開始日/)).toHaveValue('2024-12-26');
  const reason = await examiner.getByLabel(/^希望日と異なる理由/).inputValue();
  expect(reason).not.toBe('');
  await examiner.getByLabel(/^利用開始日/).evaluate((field) => field.removeAttribute('min')); // as a browser without it would
  await approve(examiner, '2024-12-25');
  await expect(examiner.locator('.summary')).toContainText('2024年12月26日(木)');
  await expect(examiner.getByLabel(/^利用開始日/)).toHaveValue('2024-12-25');
  await expect(examiner.getByLabel(/^希望日と異なる理由/)).toHaveValue(reason);
  await approve(examiner, '2024-12-26');
  await heading(examiner, '発行内容 2400001A');

  const supervisor = await enter(SUPERVISOR);
  await passTo(supervisor, '2024-12-20T10:00');
  await visit(supervisor, new URL(examiner.url()).pathname);
  await open(supervisor, '利用開始日を変更する');
  await supervisor.getByLabel(/^新しい利用開始日/).fill('2025-01-06');
  await supervisor.getByLabel(/^変更の理由/).fill('年末のお取引の都合とのお申し出のため。');
  await repeatPassword(supervisor);
  await press(supervisor, '利用開始日を変更する');
  for (const day of ['2025年1月6日(月)', '2024年12月24日(火)', '2025年1月8日(水)']) await expect(supervisor.locator('main')).toContainText(day);

  await open(supervisor, '承認を無効にする');
  await press(supervisor, '無効にする');
  await expect(supervisor.locator('.summary')).toBeVisible();
  await supervisor.getByLabel(/^無効にする理由/).fill('お申込みの取りやめのお申し出のため。');
  await repeatPassword(supervisor);
  await press(supervisor, '無効にする');
  await expect(supervisor.locator('main')).toContainText('お申込みの取りやめのお申し出のため。');
  await mails(await page.context().newPage(), '無効', 2);
});
