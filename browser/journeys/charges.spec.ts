import { type Page } from '@playwright/test';
import { csv, save } from '../support/file.ts';
import { expect, test } from '../support/journey.ts';
import { paper } from '../support/paper.ts';
import { EXAMINER, OSAKA, SUPERVISOR } from '../support/people.ts';
import { heading, open, press, table, visit } from '../support/walk.ts';

test.use({ now: '2025-02-03T10:00:00+09:00' });

// choose chooses a file and a month on the page of the metered usage.
async function choose(page: Page, rows: string[], month?: string): Promise<void> {
  if (month) await page.getByLabel(/^対象月/).fill(month);
  const buffer = Buffer.from(['month,user_id,item,quantity,amount', ...rows, ''].join('\n'));
  await page.locator('input[type=file]').setInputFiles({ name: 'usage.csv', mimeType: 'text/csv', buffer });
}

// R-CON-5: a month with usage and one without, as page, CSV and PDF; a file with a mistake says where it is.
test('charges and the usage they are made of', async ({ enter }) => {
  const page = await enter(OSAKA);
  await open(page, '請求金額の参照');
  await visit(page, '/charges?month=2025-01');
  await expect(page.locator('main')).toContainText('電文送信'); // the demo brings the usage of the month before
  await visit(page, '/charges?month=2024-12');
  await expect(page.locator('main .notice.info').first()).toContainText('見込み');
  const before = await page.locator('main').innerText();
  expect(before).not.toContain('電文送信');
  const estimate = await paper(page, /^見込額を出力する/);
  expect(estimate).not.toContain('適格請求書');

  const supervisor = await enter(SUPERVISOR);
  await visit(supervisor, '/desk/usage');
  await press(supervisor, '内容を確認する');
  await expect(supervisor.locator('.summary')).toBeVisible();
  await choose(supervisor, ['2024-12,4ANACA0A,電文送信,120,1200', '2024-12,9ZNACA0A,照会,40,200'], '2024-12');
  await press(supervisor, '内容を確認する');
  await expect(supervisor.locator('.summary')).toContainText('3行目');
  const right = ['2024-12,4ANACA0A,電文送信,120,1200', '2024-12,4BNACA0A,照会,40,200'];
  await choose(supervisor, right, '2024-12');
  await press(supervisor, '内容を確認する');
  await heading(supervisor, '従量料金の取込');
  await expect(supervisor.locator('main')).toContainText('1,400円');
  await choose(supervisor, right);
  await press(supervisor, '取り込む');
  await expect(supervisor.locator('.notice.success')).toBeVisible();

  await visit(page, '/charges?month=2024-12');
  await expect(page.locator('main')).not.toContainText('見込みの金額');
  const lines = await table(page.getByRole('region', { name: '内訳' }));
  expect(lines.filter((line) => line[1] === '電文送信').map((line) => [line[2], line[6]])).toEqual([['4ANACA0A', '1,200']]);
  const sheet = csv(await save(page, 'CSVで保存する'));
  expect(sheet.flat()).toEqual(expect.arrayContaining(['電文送信', '照会', '4ANACA0A']));
  const total = (await table(page.getByRole('region', { name: '税率ごとの合計' }))).at(-1)!.at(-1)!;
  const invoice = await paper(page, /^請求書を出力する/);
  for (const text of ['適格請求書', 'T1234567890123', '10%', '電文送信', total]) expect(invoice).toContain(text);
  await visit(page, '/charges?month=2099-01');
  await visit(page, '/charges?month=abc');

  const examiner = await enter(EXAMINER);
  await visit(examiner, '/desk/establishments/nac-osaka/charges?month=2024-12');
  await expect(examiner.locator('main')).toContainText(total);
});
