import { addCode, begin, chooseStart, confirmContact, consolidation, customs, receipt, register, setCode } from '../support/applicant.ts';
import { approve, claim } from '../support/examiner.ts';
import { expect, test } from '../support/journey.ts';
import { APPLICANT, EXAMINER } from '../support/people.ts';
import { heading, open, press, table } from '../support/walk.ts';

test.use({ now: '2024-12-02T10:00:00+09:00' });

// S3: two trades under codes of their own. Free statistics on the second alone are refused (R-APP-5), and
// the page offers no box that the rule would refuse.
test('S3 split by user code', async ({ enter }) => {
  const page = await enter(APPLICANT);
  await begin(page);
  await chooseStart(page, '2024-12-12');
  await confirmContact(page);
  await addCode(page, customs);
  await setCode(page, consolidation);
  await expect(page.locator('[name=statistics_free]')).toBeDisabled();
  await press(page, 'この内容で設定する');
  await open(page, '申込情報の一覧に戻る');

  const rows = [
    ['追加', '共用', '通関', 'net', '追加1', '－', '1', '○申し込む', '○申し込む'],
    ['追加', '共用', '混載', 'net', '追加2', '－', '1', '×申し込まない', '×申し込まない'],
  ];
  expect(await table(page.locator('table.codes'))).toEqual(rows);
  await expect(page.locator('.legend')).toContainText('追加1 と 追加2 は異なる利用者コードになります');
  await open(page, /^未入力/);
  await heading(page, '追加2のシステム設定');
  await press(page, '保存して申込内容の一覧へ戻る'); // incomplete, and stored as far as it goes
  await open(page, '次へ進む');
  await expect(page.locator('main')).toContainText('システム設定が未入力です');
  await open(page, /^修正する 追加2 名称$/);
  await open(page, '申込内容の確認に戻る');
  await register(page);
  expect(await receipt(page)).toBe('2400001A');

  const examiner = await enter(EXAMINER);
  await claim(examiner, '2400001A');
  expect(await table(examiner.locator('table.codes').first())).toEqual(rows);
  await approve(examiner);
  const issued = await table(examiner.getByRole('region', { name: '発行した利用者ID' }));
  expect(issued.map((row) => row[1] + row[2])).toEqual(['1ANACA0A', '1BNACA0A']);
});

// The rule stands behind the page: a free part that is ticked before the trades are known is refused.
test('S3 free statistics without a trade that may have them', async ({ enter }) => {
  const page = await enter(APPLICANT);
  await begin(page);
  await chooseStart(page, '2024-12-12');
  await confirmContact(page);
  await open(page, '新規に利用者コードを追加する');
  await page.locator('[name=statistics_free]').check();
  await page.getByLabel('共用', { exact: true }).check();
  await page.getByLabel('否', { exact: true }).check();
  await page.getByLabel('混載業', { exact: true }).check();
  await page.getByLabel(/^処理方式/).selectOption('netnaccs');
  await press(page, 'この内容で設定する');
  await expect(page.locator('.summary')).toContainText('管理統計資料の無料分をお申し込みいただけません');
  await expect(page.getByLabel('混載業', { exact: true })).toBeChecked();
  await expect(page.locator('[name=statistics_free]')).toBeChecked();
});
