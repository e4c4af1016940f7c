import { expect, signIn, test } from '../support/journey.ts';
import { mail, mails } from '../support/mail.ts';
import { APPLICANT, PASSWORD } from '../support/people.ts';
import { open, press, visit } from '../support/walk.ts';

const CHOSEN = 'eleven gulls on a wet roof';

test('E18: a password is changed, forgotten and set again; the owner hears of it and ends what is not theirs', async ({ enter, page }) => {
  const own = await enter(APPLICANT);
  const other = await enter(APPLICANT);
  await mails(own, '新しい端末からのログイン', 1);

  await visit(own, '/account');
  await own.getByLabel(/^今のパスワード/).fill(PASSWORD);
  await own.getByLabel(/^新しいパスワード 必須/).fill('password-password');
  await own.getByLabel(/^新しいパスワード（確認/).fill('password-password');
  await press(own, 'パスワードを変更する');
  await expect(own.locator('#new-password-problem')).toContainText('推測されやすい');
  await own.getByLabel(/^今のパスワード/).fill(PASSWORD);
  await own.getByLabel(/^新しいパスワード 必須/).fill(CHOSEN);
  await own.getByLabel(/^新しいパスワード（確認/).fill(CHOSEN);
  await press(own, 'パスワードを変更する');
  await visit(other, '/account');
  await expect(other).toHaveURL(/\/login/);

  await visit(page, '/login');
  await open(page, 'メールでパスワードを再設定する');
  await page.getByLabel(/^ログインID/).fill(APPLICANT);
  await press(page, 'リンクを送る');
  await mails(page, 'パスワード再設定', 1);
  const letter = await mail(page, 'パスワード再設定', '@');
  await visit(page, new URL(/https?:\/\/\S+/.exec(letter)![0]).pathname);
  await page.getByLabel(/^新しいパスワード 必須/).fill(PASSWORD);
  await page.getByLabel(/^新しいパスワード（確認/).fill(PASSWORD);
  await press(page, 'パスワードを設定する');
  await signIn(page, APPLICANT);
  await visit(own, '/account');
  await expect(own).toHaveURL(/\/login/);

  await visit(page, '/account');
  await expect(page.getByRole('row', { name: /この端末/ })).toHaveCount(1);
  await page.getByLabel(/^確認のため/).fill(PASSWORD);
  await press(page, '確認して変更へ進む');
  await page.getByLabel(/^新しいメールアドレス/).fill('elsewhere@nac.example');
  await press(page, '確認のメールを送る');
  await mails(page, 'メールアドレスの確認のお願い', 1);
  const confirm = await mail(page, 'メールアドレスの確認のお願い', 'elsewhere@nac.example');
  await visit(page, new URL(/https?:\/\/\S+/.exec(confirm)![0]).pathname);
  await press(page, 'このアドレスを使う');
  await expect(page.locator('main')).toContainText('elsewhere@nac.example');
});

test('ASVS 7.3.1: the end of a session comes as a banner that is read out, and is put off in place', async ({ enter }) => {
  const page = await enter(APPLICANT);
  await page.clock.install();
  await visit(page, '/contract');
  const banner = page.locator('[data-ends-in]');
  await expect(banner).not.toHaveClass(/soon/);
  await page.clock.fastForward('27:00');
  await expect(banner).toHaveClass(/soon/);
  await expect(page.locator('p.hidden[role=status]')).toContainText('分でログアウトします');
  await banner.getByRole('button').click();
  await expect(banner).not.toHaveClass(/soon/);
  await expect(page).toHaveURL(/\/contract/);
  // The time that this page knows of is over, but the service has seen the person since: it is asked.
  const asked = page.waitForResponse('**/session/left');
  await page.clock.fastForward('31:00');
  await (await asked).finished(); // an answer that came later would put the end off once more
  await expect(banner).toContainText('操作がないと');
  await expect(page.locator('h1')).toContainText('契約');
  // Where the service cannot be asked, the time that it told counts.
  await page.route('**/session/left', (route) => route.abort());
  await page.clock.fastForward('31:00');
  await expect(page.getByRole('heading', { name: 'ログアウトしました' })).toBeVisible();
});
