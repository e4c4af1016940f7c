import { addCode, begin, chooseDay, chooseStart, confirmContact, customs, hasApplied, receipt, register, sharedNumber } from '../support/applicant.ts';
import { accessible, expect, signIn, test } from '../support/journey.ts';
import { mails } from '../support/mail.ts';
import { APPLICANT, VIEWER } from '../support/people.ts';
import { follow, heading, look, open, press, visit } from '../support/walk.ts';

test.use({ now: '2024-12-02T10:00:00+09:00' });

// Trap 9: the session ends while somebody types. They sign in, and find the same page with the same values.
test('a session that ends keeps what was typed', async ({ enter }) => {
  const page = await enter(APPLICANT);
  await begin(page);
  const path = new URL(page.url()).pathname;
  await page.getByLabel(/^利用者コード（/).check();
  await chooseDay(page, '2024-12-13');
  await page.getByLabel(/^変更する理由/).fill('一行目。\n二行目は <b>そのまま</b> & "残る"。');
  await page.context().clearCookies({ name: 'uketsuke' });
  await press(page, '申込担当者の入力へ進む');
  await heading(page, 'ログイン');
  await expect(page.locator('main')).toContainText('入力した内容は保たれています');
  await page.getByLabel(/^ログインID/).fill(APPLICANT);
  await page.getByLabel(/^パスワード/).fill('not the password');
  await press(page, 'ログイン', page.locator('main')); // a slip here loses nothing either
  await signIn(page, APPLICANT);
  await expect(page.getByLabel(/^利用者コード（/)).toBeChecked();
  await expect(page.locator('[name=desired]:checked')).toHaveValue('2024-12-13');
  await expect(page.getByLabel(/^変更する理由/)).toHaveValue('一行目。\n二行目は <b>そのまま</b> & "残る"。');
  expect(new URL(page.url()).pathname).toMatch(/\/(start|login)$/);
  await press(page, '申込担当者の入力へ進む');
  await heading(page, '申込担当者の入力');
  await visit(page, path);
  await expect(page.getByLabel(/^変更する理由/)).toHaveValue('一行目。\n二行目は <b>そのまま</b> & "残る"。');
});

// ASVS 14.3.1: what a page shows does not outlive the session, in whichever tab that was ended. What was typed does.
test('every tab ends with the session', async ({ enter }) => {
  const page = await enter(APPLICANT);
  await visit(page, '/contract');
  const shown = page.locator('body');
  await expect(shown).toContainText('見本商事');
  const typing = await page.context().newPage();
  await typing.goto('/');
  await begin(typing);
  await typing.getByLabel(/^変更する理由/).fill('途中まで書いた理由');
  const other = await page.context().newPage();
  await other.goto('/applications');
  await press(other, 'ログアウト', other.locator('header'));
  for (const ended of [page, typing]) {
    await expect(ended.getByRole('heading', { name: 'ログアウトしました' })).toBeVisible();
    await expect(ended.locator('body')).not.toContainText('見本商事');
    await accessible(ended);
  }
  await press(page, 'ログインし直す');
  await heading(page, 'ログイン');
  await press(typing, 'ログインし直す');
  await expect(typing.locator('main')).toContainText('入力した内容は保たれています');
  await signIn(typing, APPLICANT);
  await expect(typing.getByLabel(/^変更する理由/)).toHaveValue('途中まで書いた理由');

  // Somebody else at the same browser: the page of the one before is theirs no more.
  await visit(page, '/contract');
  await typing.context().clearCookies({ name: 'uketsuke' });
  await visit(other, '/login');
  await signIn(other, VIEWER);
  await expect(page.getByRole('heading', { name: 'ログアウトしました' })).toBeVisible();
});

// Trap 5 and R-APP-14: whatever is pressed again, one application is registered once.
test('registering twice registers once', async ({ enter }) => {
  const page = await enter(APPLICANT);
  await begin(page);
  await chooseStart(page, '2024-12-12');
  await confirmContact(page);
  await addCode(page, sharedNumber);
  await open(page, '次へ進む');
  const confirm = new URL(page.url()).pathname;
  await page.locator('[name=rules]').check();
  await follow(page, () => page.getByRole('button', { name: '申込内容を登録する' }).dblclick());
  expect(await receipt(page)).toBe('2400001A');
  await page.goBack();
  if (new URL(page.url()).pathname === confirm && (await page.locator('[name=rules]').count())) {
    await page.locator('[name=rules]').check();
    await press(page, '申込内容を登録する');
    expect(await receipt(page)).toBe('2400001A');
  }
  await visit(page, '/applications');
  await expect(page.locator('main tbody tr')).toHaveCount(1);
  await mails(await page.context().newPage(), '申込受付完了のお知らせ', 2);
});

// R-APP-13: 一時保存 keeps wrong values as they were typed, with what is wrong about them.
test('a draft keeps even wrong values', async ({ enter }) => {
  const page = await enter(APPLICANT);
  await begin(page);
  await chooseStart(page, '2024-12-12');
  await page.locator('[name="contact.phone"]').fill('電話は12');
  await page.locator('[name="contact.email"]').fill('not an address');
  await press(page, '一時保存');
  await expect(page.locator('.notice.success')).toContainText('一時保存しました');

  const later = await enter(APPLICANT); // in another browser, on another day as it were
  await open(later, '申込内容の確認', later.locator('main'));
  await open(later, /^詳細/);
  await heading(later, '申込担当者の入力');
  await expect(later.locator('[name="contact.phone"]')).toHaveValue('電話は12');
  await expect(later.locator('[name="contact.phone"]')).toHaveAttribute('aria-invalid', 'true');
  await expect(later.locator('[name="contact.email"]')).toHaveValue('not an address');
  await later.locator('[name="contact.confirmed"]').check();
  await press(later, '次へ進む');
  await expect(later.locator('.summary')).toBeVisible();
  await later.locator('[name="contact.phone"]').fill('０３－１２３４－５６７８'); // folded, not refused
  await later.locator('[name="contact.email"]').fill('yamada@nac.example');
  await press(later, '次へ進む');
  await addCode(later, customs);
  await open(later, '次へ進む');
  await expect(later.locator('#section-contact')).toContainText('03-1234-5678');
  await register(later);

  // A page of the wizard that is still open elsewhere says that the application has moved on.
  await page.locator('[name="contact.confirmed"]').check();
  await press(page, '次へ進む');
  await expect(page.locator('main')).not.toContainText('まだ利用者コードがありません');
});

// A code that is taken out, and a draft that is thrown away, each after a question.
test('taking out and throwing away', async ({ enter }) => {
  const page = await enter(APPLICANT);
  await begin(page);
  await chooseStart(page, '2024-12-12');
  await confirmContact(page);
  await addCode(page, customs, false);
  await open(page, '削除 追加1');
  await press(page, /^削除する$/);
  await expect(page.locator('main')).toContainText('まだ利用者コードがありません');
  await open(page, 'この申込をやめて、作成中の内容を破棄する');
  await press(page, /破棄する$/);
  await heading(page, 'トップメニュー');
  await visit(page, '/applications');
  await expect(page.locator('.empty')).toBeVisible();
});

// Withdrawn before the examination; what a second tab still shows does nothing but say so.
test('withdrawing', async ({ enter }) => {
  const page = await enter(APPLICANT);
  await hasApplied(page, { wish: '2024-12-12', codes: [customs] });
  await open(page, '申込内容を確認する');
  await open(page, '申込を取り下げる');
  const second = await page.context().newPage();
  await second.goto(page.url());
  await look(second);
  await press(page, '取り下げる');
  await expect(page.locator('main')).toContainText('この申込は取り下げられました');
  await press(second, '取り下げる');
  await expect(second.locator('main')).not.toContainText('申込を取り下げました。');
  await mails(second, '取下げ', 2);
});
