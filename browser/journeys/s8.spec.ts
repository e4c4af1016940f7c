import { consolidation, customs, hasApplied, receipt } from '../support/applicant.ts';
import { claim, repeatPassword } from '../support/examiner.ts';
import { expect, test } from '../support/journey.ts';
import { mails } from '../support/mail.ts';
import { APPLICANT, COLLEAGUE, EXAMINER, OSAKA } from '../support/people.ts';
import { follow, heading, table } from '../support/walk.ts';

test.use({ now: '2024-12-02T10:00:00+09:00' });

// S8: two examiners approve at the same moment. The company's codes are given in one order for all of its
// establishments: nobody sees an error and nothing is given twice.
test('S8 two examiners at once', async ({ enter }) => {
  const tokyo = await enter(APPLICANT);
  const osaka = await enter(OSAKA);
  for (const [page, code] of [[tokyo, customs], [osaka, customs], [tokyo, consolidation]] as const) await hasApplied(page, { wish: '2024-12-12', codes: [code] });
  expect(await receipt(tokyo)).toBe('2400003A');

  const [one, other] = [await enter(EXAMINER), await enter(COLLEAGUE)];
  const third = await one.context().newPage();
  const pages = [one, other, third];
  for (const [i, page] of pages.entries()) {
    await claim(page, `240000${i + 1}A`);
    await repeatPassword(page);
  }
  await Promise.all(pages.map((page) => follow(page, () => page.getByRole('button', { name: '承認して発行する' }).click())));
  const issued: string[] = [];
  for (const [i, page] of pages.entries()) {
    await heading(page, `発行内容 240000${i + 1}A`);
    for (const row of await table(page.getByRole('region', { name: '発行した利用者ID' }))) issued.push(row[1] + row[2]);
  }
  expect(issued.filter((id) => id.startsWith('1')).sort()).toEqual(['1ANACA0A', '1BNACA0A']);
  expect(issued.filter((id) => id.startsWith('4'))).toEqual(['4DNACA0A']); // 4ANAC, 4BNAC and 4CNAC stand already
  await mails(await tokyo.context().newPage(), '利用申込確認完了のお知らせ', 6);
});
