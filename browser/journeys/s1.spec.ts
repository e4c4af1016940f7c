import { addRow, begin, chooseStart, confirmContact, fillSettings, openNews, readSecrets, receipt, register, splitByNumber } from '../support/applicant.ts';
import { approve, claim, find } from '../support/examiner.ts';
import { expect, test } from '../support/journey.ts';
import { mail, mails } from '../support/mail.ts';
import { paper } from '../support/paper.ts';
import { ADMINISTRATOR_MAIL, APPLICANT, APPLICANT_MAIL, EXAMINER, PASSWORD } from '../support/people.ts';
import { heading, open, press, table } from '../support/walk.ts';

// Both sign in by typing, with the examiner's second factor.
test.use({ now: '2024-12-02T10:00:00+09:00', typing: true });

// S1: one code, two trades, each with a number of its own.
test('S1 split by identification number', async ({ enter }) => {
  const page = await enter(APPLICANT);
  await begin(page);
  await expect(page.getByRole('radio', { name: '2024年12月11日(水)' })).toHaveId('desired');
  await chooseStart(page, '2024-12-12');
  await confirmContact(page);
  await open(page, '新規に利用者コードを追加する');
  await page.getByLabel('共用', { exact: true }).check();
  for (const row of splitByNumber.rows) await addRow(page, row);
  expect((await table(page.locator('#block table'))).map((row) => row.slice(0, 3))).toEqual([['通関', 'net', '1'], ['混載', 'net', '1']]);
  await page.locator('[name=statistics_paid]').check();
  await page.locator('[name=statistics_free]').check();
  await expect(page.locator('#preview')).toContainText('1ANACA0A');
  await expect(page.locator('#preview')).toContainText('1ANACA0B');
  await press(page, 'この内容で設定する');
  await fillSettings(page);

  const rows = [
    ['追加', '共用', '通関', 'net', '追加1', '－', '1', '○申し込む', '○申し込む'],
    ['追加', '共用', '混載', 'net', '追加1', '－', '1', '○申し込む', '○申し込む'],
  ];
  expect(await table(page.locator('table.codes'))).toEqual(rows);
  await expect(page.locator('.legend')).toHaveText('追加1 同士は同じ利用者コードになります');
  await open(page, '次へ進む');
  expect(await table(page.locator('#section-codes'))).toEqual(rows);
  await register(page);
  expect(await receipt(page)).toBe('2400001A');

  const post = await page.context().newPage();
  const sent = await mails(post, '申込受付完了のお知らせ', 2);
  expect(sent.map((letter) => letter.to).sort()).toEqual([ADMINISTRATOR_MAIL, APPLICANT_MAIL]);
  expect(await mail(post, '申込受付完了のお知らせ', APPLICANT_MAIL)).toContain('2400001A');

  const form = await paper(page, '申込書を出力する');
  for (const text of ['システムサービス利用契約変更申込書', '2400001A', '追加1', '2024年12月12日', '下記のとおり申し込みます。']) expect(form).toContain(text);

  const examiner = await enter(EXAMINER);
  await claim(examiner, '2400001A');
  await expect(examiner.locator('.checks .wrong')).toHaveCount(0);
  await expect(examiner.getByLabel(/^利用開始日/)).toHaveValue('2024-12-12');
  await approve(examiner, '2024-12-12');
  await heading(examiner, '発行内容 2400001A');
  expect((await table(examiner.getByRole('region', { name: '発行した利用者ID' }))).map((row) => [row[1] + row[2], row[4]])).toEqual([['1ANACA0A', '通関業'], ['1ANACA0B', '混載業']]);
  await expect(examiner.locator('main')).toContainText('2024年12月6日(金)'); // settings deadline
  await expect(examiner.locator('main')).toContainText('2024年12月16日(月)'); // last reading day

  await find(examiner, '１ａｎａｃ'); // S10: width and case do not matter
  await expect(examiner.locator('.queue')).toContainText('2400001A');

  await mails(post, '【NSS】利用申込確認完了のお知らせ', 2);
  const done = await mail(post, '【NSS】利用申込確認完了のお知らせ', APPLICANT_MAIL);
  for (const text of ['2400001A', '2024年12月2日', '2024年12月16日', '新着情報「詳細」', '「ID通知内容」']) expect(done).toContain(text);
  expect(done).not.toContain('1ANAC');

  await openNews(page, '2400001A');
  await open(page, 'ID通知内容');
  const secrets = await readSecrets(page, PASSWORD);
  expect(Object.keys(secrets)).toEqual(['1ANACA0A', '1ANACA0B']);
  expect(Object.values(secrets).flat()).toHaveLength(4);
  await press(page, '控えました');
});
