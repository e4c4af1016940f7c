import { type Page } from '@playwright/test';
import { begin, change, consolidation, customs, fillRow, hasApplied, isChanging, openNews, readSecrets, receipt, register } from '../support/applicant.ts';
import { approve, claim, repeatPassword } from '../support/examiner.ts';
import { csv, kept, save } from '../support/file.ts';
import { expect, test } from '../support/journey.ts';
import { mail, mails } from '../support/mail.ts';
import { paper } from '../support/paper.ts';
import { ADMINISTRATOR, APPLICANT, APPLICANT_MAIL, EXAMINER, PASSWORD } from '../support/people.ts';
import { heading, open, passTo, press, table, visit } from '../support/walk.ts';

test.use({ now: '2024-12-02T10:00:00+09:00' });
test.slow();

// issued are the user IDs on the page of what was issued.
const issued = async (page: Page): Promise<string[]> =>
  (await table(page.getByRole('region', { name: '発行した利用者ID' }))).map((row) => row[1] + row[2]);

// approveNext claims and approves an application as it stands.
async function approveNext(page: Page, receipt: string, verb = '承認して発行する'): Promise<void> {
  await claim(page, receipt);
  await expect(page.locator('.checks .wrong')).toHaveCount(0);
  await approve(page, undefined, undefined, verb);
}

// standing says what the contract page shows of a day: its codes and IDs.
async function standing(page: Page, on: string): Promise<string[]> {
  await visit(page, `/contract?tab=net&on=${on}`);
  const ids = await page.locator('main table.codes td.id a').allTextContents();
  return ids.map((text) => text.replace(/\s.*$/s, '')).sort();
}

// S11 on the contract of S3, and S12 after it: what stood on which day, in page, CSV and JSON.
test('S11 and S12 changes, deletions, re-issues and the days between', async ({ enter }) => {
  const page = await enter(APPLICANT);
  const examiner = await enter(EXAMINER);
  await hasApplied(page, { wish: '2024-12-12', codes: [customs, consolidation] });
  await approveNext(examiner, '2400001A');
  expect(await issued(examiner)).toEqual(['1ANACA0A', '1BNACA0A']);

  // One number more for 1ANAC, its paid statistics off: one application of two kinds.
  await passTo(page, '2024-12-12T10:00');
  await change(page, ['user-code', 'ident-number'], '2024-12-23');
  await open(page, /^変更 1ANAC$/);
  await heading(page, '利用者コード 1ANAC の変更');
  await press(page, '識別番号を追加する'); // nothing filled in: refused, and nothing is lost
  await expect(page.locator('.summary')).toBeVisible();
  await page.locator('[name=statistics_paid]').uncheck();
  await fillRow(page.locator('#block'), { sso: '否', trades: ['通関業'] });
  await press(page, '識別番号を追加する');
  await expect(page.locator('[name=statistics_paid]')).not.toBeChecked();
  await expect(page.locator('#preview')).toContainText('1ANACA0B');
  await press(page, 'この内容で設定する');
  const rows = await table(page.locator('table.codes').first());
  expect(rows.map((row) => row[0])).toEqual(expect.arrayContaining([expect.stringContaining('変更前'), expect.stringContaining('変更後'), expect.stringContaining('追加')]));
  await open(page, '次へ進む');
  expect(await table(page.locator('#section-codes'))).toEqual(rows);
  await register(page);
  expect(await receipt(page)).toBe('2400002A');
  const form = await paper(page, '申込書を出力する');
  for (const text of ['2400002A', '1ANAC', '変更前', '変更後']) expect(form).toContain(text);

  // 1BNAC goes a day later. While it is asked for, its page says so (R-APP-10).
  await isChanging(page, ['user-code'], '2024-12-24');
  await open(page, /^削除 1BNAC$/);
  await heading(page, '利用者コード 1BNAC の削除を申し込みますか');
  await press(page, 'この利用者コードの削除を申し込む');
  await expect(page.locator('main')).toContainText('申込受付番号 2400002A で申込み中です');
  await open(page, '次へ進む');
  await register(page);
  const deletion = new URL(page.url()).pathname.replace('/registered', '');

  await approveNext(examiner, '2400002A');
  expect(await issued(examiner)).toEqual(['1ANACA0B']);
  await approveNext(examiner, '2400003A', '承認する');
  const post = await page.context().newPage();
  await mails(post, '利用申込確認完了のお知らせ', 6);
  const letter = await mail(post, '利用申込確認完了のお知らせ', APPLICANT_MAIL); // the newest: that of the deletion (R-SEC-11)
  expect(letter).toContain('2400003A');
  expect(letter).not.toContain('パスワード');
  await visit(page, deletion);
  await expect(page.getByRole('link', { name: 'ID通知内容' })).toHaveCount(0);

  await passTo(page, '2024-12-23T10:00');
  await openNews(page, '2400002A');
  await open(page, 'ID通知内容');
  const old = await readSecrets(page, PASSWORD);
  expect(Object.keys(old)).toEqual(['1ANACA0B']);
  const readBefore = new URL(page.url()).pathname;

  // The passwords of both numbers again, which the administrator alone may ask for: the new ones to +2 business
  // days, the old ones dead at once (R-SEC-9).
  const administrator = await enter(ADMINISTRATOR);
  await passTo(administrator, '2024-12-24T10:00');
  await begin(page);
  await expect(page.locator('[name=kinds][value=password-reissue]')).toBeDisabled();
  await isChanging(administrator, ['password-reissue']);
  await heading(administrator, 'パスワードを再発行する利用者IDの選択');
  await expect(administrator.locator('main')).not.toContainText('1BNACA0A');
  await press(administrator, '次へ進む');
  await expect(administrator.locator('.summary')).toBeVisible();
  for (const id of ['1ANACA0A', '1ANACA0B']) await administrator.getByLabel(new RegExp(`^${id}`)).check();
  await press(administrator, '次へ進む');
  await register(administrator);
  const reissue = new URL(administrator.url()).pathname.replace('/registered', '');
  await approveNext(examiner, '2400004A', '承認して再発行する');
  await visit(page, readBefore);
  await expect(page.getByRole('button', { name: 'パスワードを表示する' })).toHaveCount(0);
  await passTo(administrator, '2024-12-26T23:58'); // the last minutes of the second business day
  await visit(administrator, `${reissue}/ids`);
  await expect(administrator.locator('main')).toContainText('2024年12月26日(木)');
  const secrets = await readSecrets(administrator, PASSWORD);
  expect(Object.keys(secrets)).toEqual(['1ANACA0A', '1ANACA0B']);
  expect(secrets['1ANACA0B']).not.toEqual(old['1ANACA0B']);

  // The administrator ends the reading there and then (R-SEC-8).
  await visit(administrator, `${reissue}/ids`);
  await open(administrator, '今すぐ消去する');
  await heading(administrator, 'パスワードを今すぐ消去しますか');
  await repeatPassword(administrator);
  await press(administrator, '今すぐ消去する');
  await visit(administrator, `${reissue}/ids`);
  await expect(administrator.getByRole('button', { name: 'パスワードを表示する' })).toHaveCount(0);

  // S12: the day before, the day of and the day after each start date.
  const first = ['1ANAC', '1ANACA0A', '1BNAC', '1BNACA0A'];
  const more = ['1ANAC', '1ANACA0A', '1ANACA0B', '1BNAC', '1BNACA0A'];
  const left = ['1ANAC', '1ANACA0A', '1ANACA0B'];
  const days: Record<string, string[]> = {
    '2024-12-11': [], '2024-12-12': first, '2024-12-13': first, '2024-12-22': first, '2024-12-23': more, '2024-12-24': left, '2024-12-25': left,
  };
  for (const [on, want] of Object.entries(days)) {
    expect(await standing(page, on), on).toEqual(want);
    const file = on === '2024-12-11' ? save : kept; // the first is asked for by pressing, and repeats the password
    const sheet = csv(await file(page, 'CSVで保存する'));
    expect(sheet.slice(1).filter((row) => row[1].startsWith('利用者')).map((row) => row[2]).sort(), `${on} as CSV`).toEqual(want);
    expect(sheet.slice(1).every((row) => row[0] === on)).toBe(true);
    const known = JSON.parse(await file(page, 'JSONで保存する')) as { on: string; lines: { kind: string; subject: string }[] };
    expect(known.on).toBe(on);
    expect(known.lines.map((line) => line.subject).filter((subject) => /^\d[A-Z]/.test(subject)).sort(), `${on} as JSON`).toEqual(want);
  }
  await visit(page, '/contract/compare?from=2024-12-22&to=2024-12-24');
  for (const text of ['1ANACA0B', '1BNAC', '有料分']) await expect(page.locator('.compared')).toContainText(text);
  await visit(page, '/contract/compare?from=2024-12-13&to=2024-12-22');
  await expect(page.locator('.empty')).toBeVisible();
  await visit(page, '/contract/compare?from=2024-13-40&to=');
  await expect(page.locator('.summary')).toBeVisible();
  await visit(page, '/contract/codes/1BNAC');
  await expect(page.locator('.history')).toContainText('2024年12月24日(火)');
  await expect(page.locator('.history')).toContainText('2400003A');
  await open(page, '1BNACA0A 履歴');
  await expect(page.locator('h1')).toContainText('1BNACA0A');
});
