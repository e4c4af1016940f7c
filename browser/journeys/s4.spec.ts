import { begin, chooseStart, confirmContact, fillRow, fillSettings, receipt, register } from '../support/applicant.ts';
import { expect, test } from '../support/journey.ts';
import { APPLICANT } from '../support/people.ts';
import { heading, open, press, table } from '../support/walk.ts';

test.use({ now: '2024-12-02T10:00:00+09:00' });

// S4: trades of different groups never share a code; the page offers to part them.
test('S4 different groups are parted', async ({ enter }) => {
  const page = await enter(APPLICANT);
  await begin(page);
  await chooseStart(page, '2024-12-12');
  await confirmContact(page);
  await open(page, '新規に利用者コードを追加する');
  await page.getByLabel('共用', { exact: true }).check();
  await fillRow(page, { sso: '否', trades: ['通関業', '保税蔵置場'] });
  await press(page, '識別番号を追加する');
  await expect(page.locator('.summary')).toContainText('1つの利用者コードにまとめられません');
  await expect(page.getByLabel('保税蔵置場', { exact: true })).toBeChecked();
  await press(page, '利用者コードを分けて設定する');

  const cells = (await table(page.locator('table.codes'))).map((row) => [row[2], row[4], row[6]]);
  expect(cells).toEqual([['通関', '追加1', '1'], ['保税', '追加2', '1']]);
  for (const name of ['追加1', '追加2']) {
    await open(page, new RegExp(`^未入力 ${name}$`));
    await fillSettings(page);
  }
  await open(page, '次へ進む');
  await register(page);
  await heading(page, '変更申込　申込登録完了');
  expect(await receipt(page)).toBe('2400001A');
});
