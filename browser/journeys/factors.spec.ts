import { expect, test } from '../support/journey.ts';
import { mails } from '../support/mail.ts';
import { totp, withPasskeys } from '../support/passkeys.ts';
import { APPLICANT, EXAMINER, PASSWORD } from '../support/people.ts';
import { heading, press, visit } from '../support/walk.ts';

test.use({ now: '2024-12-02T10:00:00+09:00', host: 'localhost' });

// An applicant sets up an authenticator app by typing its key, recovery codes and a passkey, and signs in with each.
test('an app, recovery codes and a passkey, each for signing in', async ({ enter }) => {
  const page = await enter(APPLICANT);
  await withPasskeys(page);
  await visit(page, '/account/factors');
  await page.getByLabel(/^確認のため/).fill(PASSWORD);
  await press(page, '確認して変更へ進む');
  await press(page, '認証アプリを登録する');
  const key = await page.locator('[data-totp-key]').innerText();
  await page.getByLabel(/^認証アプリに表示された/).fill('000000');
  await press(page, '登録する');
  await expect(page.locator('#code-problem')).toContainText('コードが違います');
  await expect(page.locator('[data-totp-key]')).toHaveText(key);
  await page.getByLabel(/^認証アプリに表示された/).fill(totp(key));
  await press(page, '登録する');
  await expect(page.locator('main')).toContainText('登録済み');
  await press(page, '復旧コードを作成する');
  await expect(page.locator('.recovery li')).toHaveCount(10);
  const recovery = await page.locator('.recovery li span').first().innerText();
  await visit(page, '/account/factors');
  await page.getByLabel(/^パスキーの名前/).fill('会社のパソコン');
  await press(page, 'パスキーを登録する');
  await expect(page.locator('main')).toContainText('会社のパソコン');

  await press(page, 'ログアウト');
  await press(page, 'パスキーでログイン');
  await heading(page, /トップメニュー/);

  await press(page, 'ログアウト');
  await page.getByLabel(/^ログインID/).fill(APPLICANT);
  await page.getByLabel(/^パスワード/).fill(PASSWORD);
  await press(page, 'ログイン', page.locator('main'));
  await heading(page, 'ログインの確認');
  await press(page, 'パスキーで確認する');
  await heading(page, /トップメニュー/);

  await press(page, 'ログアウト');
  await page.getByLabel(/^ログインID/).fill(APPLICANT);
  await page.getByLabel(/^パスワード/).fill(PASSWORD);
  await press(page, 'ログイン', page.locator('main'));
  await page.getByLabel(/^認証アプリのコード/).fill(recovery);
  await press(page, '確認してログイン');
  await heading(page, /トップメニュー/);
  await visit(page, '/account/factors');
  await expect(page.locator('main')).toContainText('残り9個');

  await page.getByRole('button', { name: 'パスキーで確認する' }).click();
  await expect(page.locator('[data-passkey-proof]')).toContainText('パスキーで確認しました');
  await press(page, '確認して変更へ進む');
  await press(page, /^削除/);
  await expect(page.locator('main')).toContainText('パスキーは登録されていません');
  await press(page, 'ログアウト');
  await page.getByRole('button', { name: 'パスキーでログイン' }).click();
  await expect(page.locator('main')).toContainText(/パスキーを(使えませんでした|確認できませんでした)/);
  await mails(page, 'ログインの確認方法', 5);
});

// Somebody of the centre cannot take the only factor away: whoever has the password alone does not come in. (That the
// code of the demo lets them in is typed in S1.)
test('the centre has a second factor', async ({ enter, page }) => {
  const desk = await enter(EXAMINER);
  await visit(desk, '/account/factors');
  await desk.getByLabel(/^確認のため/).fill(PASSWORD);
  await press(desk, '確認して変更へ進む');
  await press(desk, '認証アプリの登録を削除する');
  await expect(desk.locator('.summary')).toContainText('一つ以上必要です');
  await visit(desk, '/account/factors');
  await expect(desk.locator('main')).toContainText('登録済み');
  await visit(page, '/login');
  await page.getByLabel(/^ログインID/).fill(EXAMINER);
  await page.getByLabel(/^パスワード/).fill(PASSWORD);
  await press(page, 'ログイン', page.locator('main'));
  await heading(page, 'ログインの確認');
  await visit(page, '/desk');
  await heading(page, 'ログイン');
});
