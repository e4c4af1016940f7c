import { expect, test } from '../support/journey.ts';
import { repeatPassword } from '../support/examiner.ts';
import { ADMINISTRATOR, PASSWORD, SUPERVISOR } from '../support/people.ts';
import { open, press, visit } from '../support/walk.ts';

// E17 and C10: a warning at one administrator, an invitation, somebody stopped and let in again.
test('people of an establishment and of the centre', async ({ enter }) => {
  const sato = await enter(ADMINISTRATOR);
  await open(sato, 'アカウント');
  await expect(sato.locator('.notice.warning')).toContainText('管理責任者が1人だけです');
  await open(sato, '利用する方を追加する');
  await sato.getByLabel('管理責任者', { exact: true }).check();
  await sato.getByLabel(/^氏名（フリガナ）/).fill('ニッタ サブロウ');
  await sato.locator('#name').fill('新田 三郎');
  await sato.getByLabel(/^電話番号/).fill('03-1234-5678');
  await sato.getByLabel(/^メールアドレス/).fill('nitta@nac.example');
  await sato.getByLabel(/確認のため/).fill(PASSWORD);
  await press(sato, '登録して案内のメールを送る');
  await expect(sato.locator('main table')).toContainText('登録待ち');
  await open(sato, '鈴木 次郎');
  await repeatPassword(sato); // the one of before counts for five minutes
  await press(sato, '利用を停止する');
  await expect(sato.locator('.notice.success')).toBeVisible();
  await press(sato, '利用を再開する');
  await expect(sato.locator('.history')).toContainText('利用を再開しました');

  const yoshida = await enter(SUPERVISOR);
  await visit(yoshida, '/desk/people');
  await expect(yoshida.locator('.notice.warning')).toContainText('審査責任者が1人だけです');
  await open(yoshida, '小林 誠');
});
