import { type Page } from '@playwright/test';

// fields are what the form that posts to an action would send, unchanged, from the page at a path; the page is
// read without being shown.
export async function fields(page: Page, path: string, action: string): Promise<URLSearchParams> {
  const answer = await page.request.get(path);
  const html = await answer.text();
  const found = (await page.evaluate(`((html, action) => {
    const form = [...new DOMParser().parseFromString(html, 'text/html').forms].find((f) => f.getAttribute('action') === action);
    return form ? [...new FormData(form)].filter(([, value]) => typeof value === 'string') : null;
  })(${JSON.stringify(html)}, ${JSON.stringify(action)})`)) as [string, string][] | null;
  if (!found) throw new Error(`GET ${path} (${answer.status()}): no form posts to ${action}`);
  return new URLSearchParams(found);
}

// send posts a form as the page's browser would, and returns where it leads.
export async function send(page: Page, action: string, form: URLSearchParams | Record<string, string>): Promise<string> {
  const answer = await page.request.post(action, {
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
    data: new URLSearchParams(form).toString(), maxRedirects: 0,
  });
  if (answer.status() !== 303) throw new Error(`POST ${action}: ${answer.status()} ${await answer.text()}`);
  return answer.headers()['location'];
}
