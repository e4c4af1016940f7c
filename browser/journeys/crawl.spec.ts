import { type APIResponse, type Page } from '@playwright/test';
import { apply, begin, chooseStart, consolidation, customs } from '../support/applicant.ts';
import { approve, claim, find, giveBack } from '../support/examiner.ts';
import { expect, test } from '../support/journey.ts';
import { ADMINISTRATOR, APPLICANT, EXAMINER, SUPERVISOR, VIEWER } from '../support/people.ts';
import { visit } from '../support/walk.ts';

test.use({ now: '2024-12-02T10:00:00+09:00' });
test.slow();

// A Found is what a page leads to.
interface Found {
  headings: number;
  ways: number; // links that lead on from the page's own part, or back
  links: string[];
  posts: { action: string; fields: [string, string][] }[];
}

// READ finds in a page's HTML, without loading it, what it leads to: links, GET forms as they are sent
// unchanged, and each button of each POST form with what it sends.
const READ = `(html) => {
  const page = new DOMParser().parseFromString(html, 'text/html');
  const fields = (form) => [...new FormData(form)].filter(([, value]) => typeof value === 'string');
  const forms = [...page.forms];
  const gets = forms.filter((f) => f.method === 'get').map((f) => f.getAttribute('action') + '?' + new URLSearchParams(fields(f)));
  const posts = forms.filter((f) => f.method === 'post').flatMap((f) => [...f.querySelectorAll('button')].map((b) => ({
    action: b.getAttribute('formaction') ?? f.getAttribute('action'), fields: b.name ? [...fields(f), [b.name, b.value]] : fields(f) })));
  return {
    headings: page.querySelectorAll('h1').length,
    ways: page.querySelectorAll('main a[href], .back a[href], .nav a[href]').length,
    links: [...page.querySelectorAll('a[href]')].map((a) => a.getAttribute('href')).concat(gets),
    posts,
  };
}`;

// A Crawl is everything that one person can reach.
interface Crawl {
  kinds: Set<string>; // addresses with a star for what tells applications and codes apart
  posts: Map<string, Found['posts'][number]>;
}

// crawl follows every link from a page on. Each kind of page is also opened for real and looked at.
async function crawl(page: Page, from: string): Promise<Crawl> {
  const seen = new Set<string>();
  const kinds = new Set<string>();
  const posts: Crawl['posts'] = new Map();
  const queue = [from];
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const answer = await page.request.get(path);
    expect.soft(answer.status(), `GET ${path}`).toBe(200);
    if (!(answer.headers()['content-type'] ?? '').startsWith('text/html')) continue;
    const found = (await page.evaluate(`(${READ})(${JSON.stringify(await answer.text())})`)) as Found;
    expect.soft(found.headings, `headings on ${path}`).toBe(1);
    expect.soft(found.ways, `ways on or back on ${path}`).toBeGreaterThan(0);
    for (const link of found.links) follow(link, answer.url(), queue);
    for (const post of found.posts) posts.set(keyOf(post, answer.url()), { ...post, action: new URL(post.action, answer.url()).pathname });
    const kind = new URL(answer.url()).pathname.replace(/[0-9a-f-]{30,}|\d+$/g, '*');
    if (!kinds.has(kind)) await visit(page, path);
    kinds.add(kind);
  }
  return { kinds, posts };
}

// follow queues a link of this site; what stands outside the demo is not ours to ask.
function follow(link: string, at: string, queue: string[]): void {
  const to = new URL(link, at);
  if (to.origin === new URL(at).origin) queue.push(to.pathname + to.search);
}

const keyOf = (post: Found['posts'][number], at: string): string =>
  `${new URL(post.action, at).pathname} ${post.fields.filter(([name]) => name === 'do').join()}`;

// pressAll presses every button that was offered, the destructive ones last, and none is refused: the form
// may be incomplete or the page old, but it is never forbidden or unknown.
async function pressAll(people: { page: Page; crawl: Crawl }[]): Promise<void> {
  const last = /discard|remove|withdraw|void|logout/;
  const presses = people.flatMap(({ page, crawl }) => [...crawl.posts.values()].map((post) => ({ page, post })));
  expect(presses.length).toBeGreaterThan(40);
  presses.sort((a, b) => Number(last.test(a.post.action)) - Number(last.test(b.post.action)));
  for (const { page, post } of presses) {
    if (post.action.startsWith('/demo/') || post.action === '/language' || post.action === '/logout') continue;
    const answer: APIResponse = await page.request.post(post.action, {
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
      data: new URLSearchParams(post.fields).toString(), maxRedirects: 0,
    });
    expect.soft([200, 303, 400, 409, 422], `POST ${post.action} ${post.fields}`).toContain(answer.status());
  }
}

// Every link leads to a page, for everybody, and no button is refused that was offered.
test('no dead end for anybody', async ({ enter }) => {
  const page = await enter(APPLICANT);
  const examiner = await enter(EXAMINER);
  await apply(page, { wish: '2024-12-12', codes: [customs], settings: false });
  await claim(examiner, '2400001A');
  await approve(examiner);
  await apply(page, { wish: '2024-12-12', codes: [consolidation], settings: false });
  await claim(examiner, '2400002A');
  await giveBack(examiner, { 申込全体: 'ご確認ください。' });
  await apply(page, { wish: '2024-12-12', codes: [consolidation], settings: false });
  await claim(examiner, '2400003A');
  await apply(page, { wish: '2024-12-12', codes: [consolidation], settings: false });
  await begin(page);
  await chooseStart(page, '2024-12-12');

  const supervisor = await enter(SUPERVISOR);
  for (const desk of [examiner, supervisor]) await find(desk, ''); // so that the ended ones are reached too
  const seen = ['/', '/contract', '/applications', '/applications/*', '/applications/*/ids', '/applications/*/contract', '/applications/*/prepare'];
  const own = [...seen, '/apply', '/applications/*/start', '/applications/*/codes/*', '/applications/*/discard', '/applications/*/withdraw'];
  const desk = ['/desk', '/desk/applications/*', '/desk/applications/*/issued', '/desk/applications/*/versions/*'];
  const people = [
    { page, from: '/', reaches: own }, { page: await enter(ADMINISTRATOR), from: '/', reaches: own }, { page: await enter(VIEWER), from: '/', reaches: seen },
    { page: examiner, from: '/desk?queue=found', reaches: desk },
    { page: supervisor, from: '/desk?queue=found', reaches: [...desk, '/desk/applications/*/void', '/desk/applications/*/change-start'] },
  ];
  const crawls = [];
  for (const person of people) {
    const found = await crawl(person.page, person.from);
    expect([...found.kinds]).toEqual(expect.arrayContaining(person.reaches));
    crawls.push({ page: person.page, crawl: found });
  }
  await pressAll(crawls);
});
