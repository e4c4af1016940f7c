import { begin, consolidation, customs, hasApplied } from '../support/applicant.ts';
import { find, repeatPassword } from '../support/examiner.ts';
import { expect, test } from '../support/journey.ts';
import { mails } from '../support/mail.ts';
import { APPLICANT, COLLEAGUE, EXAMINER, OSAKA, PASSWORD, SUPERVISOR, UNREACHABLE_MAIL, YOKOHAMA } from '../support/people.ts';
import { follow, heading, open, press, table, visit } from '../support/walk.ts';

test.use({ now: '2024-12-02T10:00:00+09:00' });

// C5: a day off is looked at before it is saved, and from then on nobody can wish for it.
test('the calendar', async ({ enter }) => {
  const page = await enter(APPLICANT);
  await hasApplied(page, { wish: '2024-12-12', codes: [customs] });
  const supervisor = await enter(SUPERVISOR);
  await visit(supervisor, '/desk/calendar');
  const adding = supervisor.locator('form', { has: supervisor.getByRole('heading', { name: '休業日を1日加える' }) });
  await press(supervisor, /^影響を確認する/, adding);
  await expect(supervisor.locator('.summary')).toBeVisible();
  await adding.getByLabel(/^日付/).fill('2024-12-12');
  await adding.getByLabel(/^名称/).fill('システム更改日');
  await press(supervisor, /^影響を確認する/, adding);
  await heading(supervisor, '暦の変更の確認');
  const wishes = supervisor.getByRole('region', { name: '審査の終わっていない申込' });
  await expect(wishes.last()).toContainText('2400001A');
  await expect(wishes.last()).toContainText('営業日でなくなります');
  await press(supervisor, 'この内容で保存する');
  await expect(supervisor.locator('.year')).toContainText('システム更改日');
  await begin(page);
  await expect(page.locator('[name=desired][value="2024-12-13"]')).toHaveCount(1);
  await expect(page.locator('[name=desired][value="2024-12-12"]')).toHaveCount(0);

  // A file with a mistake comes back with the mistake and with what was typed.
  await supervisor.getByLabel(/^CSVの内容/).fill('day,name,closed\n2025-02-30,存在しない日,yes\n');
  await press(supervisor, /CSVで取り込む$/);
  await expect(supervisor.locator('.summary')).toContainText('2行目');
  await expect(supervisor.getByLabel(/^CSVの内容/)).toHaveValue(/2025-02-30/);
  await press(supervisor, /^取り消す 2024年12月12日/);
  await press(supervisor, 'この内容で保存する');
  await expect(supervisor.locator('.year')).not.toContainText('システム更改日');
});

// C6: news for one establishment are seen there, and nowhere else.
test('news', async ({ enter }) => {
  const supervisor = await enter(SUPERVISOR);
  await visit(supervisor, '/desk/news');
  await expect(supervisor.locator('.empty')).toBeVisible();
  await open(supervisor, 'お知らせを作る', supervisor.locator('.empty'));
  await press(supervisor, '表示を確認する');
  await expect(supervisor.locator('.summary')).toBeVisible();
  await supervisor.getByLabel('1つの事業所', { exact: true }).check();
  await supervisor.getByLabel(/^宛先の事業所/).fill('大阪事業所');
  await supervisor.getByLabel(/^表示を始める日/).fill('2024-12-02');
  await supervisor.getByLabel(/^件名 /).fill('回線工事のお知らせ');
  await supervisor.getByLabel(/^本文 /).fill('12月5日の夜に工事をします。\n<b>ご注意ください。</b>');
  await press(supervisor, '表示を確認する');
  await heading(supervisor, 'お知らせの確認');
  await press(supervisor, '修正する');
  await expect(supervisor.getByLabel(/^件名 /)).toHaveValue('回線工事のお知らせ');
  await press(supervisor, '表示を確認する');
  await press(supervisor, '掲載する');

  const osaka = await enter(OSAKA);
  const tokyo = await enter(APPLICANT);
  await expect(tokyo.locator('main')).not.toContainText('回線工事');
  await press(osaka, /^詳細 回線工事/);
  await expect(osaka.locator('.notice-text')).toContainText('<b>ご注意ください。</b>');
  const read = new URL(osaka.url()).pathname;
  await visit(osaka, '/');
  await expect(osaka.locator('.notices .unread')).toHaveCount(0);
  expect((await tokyo.request.get(read)).status()).toBe(404);

  await visit(supervisor, '/desk/news');
  expect((await table(supervisor.getByRole('region', { name: 'お知らせの一覧' }))).map((row) => row[4])).toEqual(['1']);
  await open(supervisor, '回線工事のお知らせ');
  await press(supervisor, '取り下げる');
  await visit(osaka, '/');
  await expect(osaka.locator('main')).not.toContainText('回線工事');
});

// C10: the desk is read-only; what somebody has typed stays on their page and is taken later.
test('read-only mode', async ({ enter }) => {
  const page = await enter(APPLICANT);
  await begin(page);
  await page.locator('[name=kinds][value=user-code]').check();
  await page.getByLabel(/^変更する理由/).fill('止まる前に入力した理由。');
  const supervisor = await enter(SUPERVISOR);
  await visit(supervisor, '/desk/operations');
  expect(await supervisor.getByRole('region', { name: '定期の仕事' }).locator('tbody tr').count()).toBeGreaterThan(3);
  await expect(supervisor.locator('main .notice.error')).toHaveCount(0); // no job is late
  const mode = async (value: string, notice: string) => {
    await supervisor.locator(`[name=mode][value=${value}]`).check();
    await supervisor.getByLabel(/^お知らせ（日本語）/).fill(notice);
    await press(supervisor, '切り替える');
  };
  await mode('read-only', '');
  await expect(supervisor.locator('.summary')).toBeVisible(); // without a word of why
  await mode('read-only', '12月2日の夕方まで点検のため閲覧だけできます。');
  await press(page, '一時保存');
  await expect(page.locator('main')).toContainText('この操作は行われていません');
  await expect(page.getByLabel(/^変更する理由/)).toHaveValue('止まる前に入力した理由。');
  await expect(page.locator('body')).toContainText('点検のため閲覧だけできます');
  await mode('open', '');
  await press(page, '一時保存');
  await expect(page.locator('.notice.success')).toContainText('一時保存しました');
  await mode('closed', '夜間はサービスを止めています。');
  await follow(page, () => page.goto('/applications'));
  await expect(page.locator('body')).toContainText('夜間はサービスを止めています。');
  await visit(supervisor, '/desk/operations');
  await mode('open', '');
  await visit(page, '/applications');
  await heading(page, '申込内容の確認');
});

// C7: a mail that came back is seen, and sent again to the same address.
test('the mail desk', async ({ enter }) => {
  const page = await enter(YOKOHAMA);
  const examiner = await enter(EXAMINER);
  await visit(examiner, '/desk/mails');
  await expect(examiner.locator('.empty')).toBeVisible();
  await hasApplied(page, { wish: '2024-12-12', codes: [customs] });
  const bounced = examiner.locator('tbody tr', { hasText: UNREACHABLE_MAIL }).filter({ has: examiner.locator('.tag.red') });
  await expect(async () => {
    await examiner.goto('/desk/mails?state=bounced');
    await expect(bounced).toHaveCount(1, { timeout: 500 });
  }).toPass({ timeout: 30_000 });
  await examiner.getByLabel(/^宛先・申込受付番号/).fill('ＯＧＡＷＡ');
  await press(examiner, '検索する');
  await expect(bounced).toHaveCount(1);
  await open(examiner, new RegExp(UNREACHABLE_MAIL));
  await expect(examiner.locator('pre.letter')).toContainText('2400001A');
  const letter = new URL(examiner.url()).pathname;
  await press(examiner, '確認しました');
  await expect(examiner.locator('.empty')).toBeVisible(); // no other needs to be seen
  await visit(examiner, letter);
  await press(examiner, 'もう一度送る');
  await expect(examiner.locator('.notice.success')).toBeVisible();
  await open(page, '申込内容を確認する');
  await expect(page.locator('main')).toContainText('届かなかったメールがあります');
  await visit(examiner, '/desk/mails/templates');
  await examiner.locator('details summary').first().click();
  await expect(examiner.locator('details pre').first()).toContainText('NSS');
});

// C4: names are found whatever their width and kana; from there to contract and charges.
test('establishments', async ({ enter }) => {
  const supervisor = await enter(SUPERVISOR);
  await visit(supervisor, '/desk/establishments');
  for (const text of ['ﾚｲｼﾞ', 'れいじぶつりゅう', '２ａｅｘｌ']) {
    await supervisor.getByRole('search').getByRole('textbox').fill(text);
    await press(supervisor, '検索する');
    expect((await table(supervisor.locator('main'))).map((row) => row[0]), text).toEqual([expect.stringContaining('例示物流株式会社')]);
  }
  await open(supervisor, /^詳細/);
  await open(supervisor, '契約内容を見る');
  await expect(supervisor.locator('main')).toContainText('例示物流');
  await supervisor.goBack();
  await open(supervisor, '請求金額を見る');
  await supervisor.goBack();
  await open(supervisor, 'アカウントの管理');
  await open(supervisor, '利用する方を追加する');
  await press(supervisor, '登録して案内のメールを送る');
  await expect(supervisor.locator('.summary')).toBeVisible();
  await supervisor.getByLabel('閲覧者', { exact: true }).check();
  for (const [name, value] of Object.entries({ name: '石井 葵', kana: 'イシイ アオイ', phone: '０４５－１２３－４５６７', email: 'ishii@exl.example' })) {
    await supervisor.locator(`main [name=${name}]`).fill(value);
  }
  await repeatPassword(supervisor);
  await press(supervisor, '登録して案内のメールを送る');
  await expect(supervisor.locator('main')).toContainText('石井 葵');
  expect((await mails(await supervisor.context().newPage(), 'ご案内', 1))[0].to).toBe('ishii@exl.example');
  await supervisor.getByRole('link', { name: '事業所', exact: true }).first().click();
  await supervisor.getByRole('search').getByRole('textbox').fill('ありえない名前');
  await press(supervisor, '検索する');
  await expect(supervisor.locator('.empty')).toBeVisible();
});

// R-EX-2 and R-EX-6: several claimed at once, and two pairs of eyes on a code that the examiner chose.
test('claiming several, and four eyes', async ({ enter }) => {
  const page = await enter(APPLICANT);
  for (const code of [customs, consolidation]) await hasApplied(page, { wish: '2024-12-12', codes: [code] });
  const supervisor = await enter(SUPERVISOR);
  await visit(supervisor, '/desk/rules');
  await repeatPassword(supervisor);
  await press(supervisor, '確認する');
  await press(supervisor, '利用者コードを二人承認にする');
  await expect(supervisor.getByRole('button', { name: '利用者コードの二人承認をやめる' })).toBeVisible();

  const examiner = await enter(EXAMINER);
  await visit(examiner, '/desk?queue=unclaimed');
  await press(examiner, '選んだ申込をまとめて担当する');
  await expect(examiner.locator('.notice.error, .summary').first()).toBeVisible();
  await visit(examiner, '/desk?queue=unclaimed');
  for (const receipt of ['2400001A', '2400002A']) await examiner.getByLabel(`${receipt}を選ぶ`).check();
  await press(examiner, '選んだ申込をまとめて担当する');
  for (const receipt of ['2400001A', '2400002A']) await expect(examiner.locator('main')).toContainText(`${receipt}：担当しました。`);

  await find(examiner, '2400001A');
  await open(examiner, '2400001A');
  await expect(examiner.getByRole('button', { name: '承認して発行する' })).toHaveCount(0);
  await examiner.getByText('発行するコードと番号を選ぶ').click();
  await examiner.locator('[name="code.1"]').fill('1!NAC');
  await press(examiner, '承認を提案する');
  await expect(examiner.locator('.summary')).toBeVisible();
  await examiner.locator('[name="code.1"]').fill('１ｍｎａｃ');
  await examiner.locator('[name="number.1.0"]').fill('A0K');
  await press(examiner, '承認を提案する');
  await expect(examiner.locator('.verdict')).toContainText('1MNAC');
  await expect(examiner.getByRole('button', { name: '承認する', exact: true })).toHaveCount(0);

  const colleague = await enter(COLLEAGUE);
  await find(colleague, '2400001A');
  await open(colleague, '2400001A');
  await expect(colleague.locator('.verdict')).toContainText('小林 誠');
  await colleague.getByLabel(/^確認のため、ログインに使うパスワード/).fill(PASSWORD);
  await press(colleague, '承認する');
  await heading(colleague, '発行内容 2400001A');
  expect((await table(colleague.getByRole('region', { name: '発行した利用者ID' }))).map((row) => row[1] + row[2])).toEqual(['1MNACA0K']);
});
