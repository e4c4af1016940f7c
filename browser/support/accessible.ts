import type { CDPSession, Page } from '@playwright/test';
import axe from 'axe-core';

// All rules; of what they find the violations alone are written out, for the rest is most of the work. There is no
// media to fetch beforehand: the content security policy lets none in.
const OPTIONS: axe.RunOptions = { resultTypes: ['violations'], preload: false };

const sessions = new WeakMap<Page, CDPSession>();

// accessible fails with one readable line per fault that axe-core finds on the page as it stands.
export async function accessible(page: Page): Promise<void> {
  if (!(await page.evaluate("'axe' in window"))) await bring(page);
  const violations = (await page.evaluate(`axe.run(document, ${JSON.stringify(OPTIONS)}).then((found) => found.violations)`)) as axe.Result[];
  const faults = violations.flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id} (${rule.impact}): ${rule.help}\n    ${node.html}\n    ${node.failureSummary}`),
  );
  if (faults.length > 0) throw new Error(`axe-core: ${faults.length} faults on ${page.url()}\n  ${faults.join('\n  ')}`);
}

// bring brings axe-core into a page. It is evaluated, not added as a script element: the product's content security
// policy stays in force. Chromium is asked itself, for half the work.
async function bring(page: Page): Promise<void> {
  const session = sessions.get(page) ?? (await page.context().newCDPSession(page));
  sessions.set(page, session);
  await session.send('Runtime.evaluate', { expression: axe.source, silent: true });
}

// unclipped fails if the page is wider than the window: on a phone nobody scrolls sideways to read.
export async function unclipped(page: Page): Promise<void> {
  const [content, window] = (await page.evaluate(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  )) as [number, number];
  if (content > window) throw new Error(`${page.url()} is ${content} px wide in a window of ${window} px`);
}
