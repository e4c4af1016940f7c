import { apply, openNews, readSecrets, receipt, sharedNumber } from '../support/applicant.ts';
import { approve, claim } from '../support/examiner.ts';
import { expect, test } from '../support/journey.ts';
import { mails } from '../support/mail.ts';
import { APPLICANT, EXAMINER, PASSWORD } from '../support/people.ts';
import { heading, open, table } from '../support/walk.ts';

// Everything works without JavaScript: S2 is lived through without any, on both sides of the desk.
test.use({ now: '2024-12-02T10:00:00+09:00', javaScriptEnabled: false, typing: true });

test('S2 one ID for two trades, without JavaScript', async ({ enter }) => {
  const page = await enter(APPLICANT);
  await apply(page, { wish: '2024-12-12', codes: [sharedNumber] });
  expect(await receipt(page)).toBe('2400001A');

  const examiner = await enter(EXAMINER);
  await claim(examiner, '2400001A');
  expect(await table(examiner.locator('table.codes').first())).toEqual([['追加', '共用', '通関・混載', 'net', '追加1', '－', '1', '○申し込む', '○申し込む']]);
  await approve(examiner);
  const issued = await table(examiner.getByRole('region', { name: '発行した利用者ID' }));
  expect(issued.map((row) => row[1] + row[2])).toEqual(['1ANACA0A']);

  await mails(await page.context().newPage(), '利用申込確認完了のお知らせ', 2);
  await openNews(page, '2400001A');
  await open(page, 'ID通知内容');
  expect(Object.keys(await readSecrets(page, PASSWORD))).toEqual(['1ANACA0A']);
  await open(page, 'ID通知内容に戻る', page.locator('main'));
  await heading(page, '申込 2400001A');
});
