import { save } from '../support/file.ts';
import { expect, test } from '../support/journey.ts';
import { SUPERVISOR } from '../support/people.ts';
import { press, visit } from '../support/walk.ts';

test.use({ now: '2024-12-02T10:00:00+09:00' });

// C8: the supervisor searches the audit log, has it verified, and takes the proof of one entry away.
test('the audit log', async ({ enter }) => {
  const page = await enter(SUPERVISOR);
  const list = page.getByRole('region', { name: '記録の一覧' });
  await visit(page, '/desk/audit');
  await expect(list).toContainText('ログイン');
  await page.getByLabel(/^操作した人/).fill('吉田 薫');
  await page.getByLabel('操作', { exact: true }).selectOption({ label: 'ログイン' });
  await press(page, '検索する');
  expect(page.url()).not.toContain('sign-in');
  await expect(list).toContainText('吉田 薫');
  await list.getByRole('link', { name: /^詳細/ }).first().click();
  await expect(page.getByRole('main')).toContainText('"act":"sign-in"');
  const proof = JSON.parse(await save(page, 'この記録の証明をファイル（JSON）で保存する'));
  expect(proof.format).toBe('uketsuke-proof-2');
  await visit(page, '/desk/audit');
  await press(page, '今すぐ検証する');
  await expect(async () => {
    await visit(page, '/desk/audit');
    await expect(page.locator('#verify')).toContainText('変更は見つかりませんでした', { timeout: 1000 });
  }).toPass({ timeout: 60_000 });
});
