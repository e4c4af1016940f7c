import type { Page } from '@playwright/test';
import axe from 'axe-core';

// accessible fails with one readable line per fault that axe-core finds on the page as it stands.
export async function accessible(page: Page): Promise<void> {
  // Evaluated, not added as a script element: the product's content security policy stays in force.
  await page.evaluate(axe.source);
  const result = (await page.evaluate('axe.run(document)')) as axe.AxeResults;
  const faults = result.violations.flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id} (${rule.impact}): ${rule.help}\n    ${node.html}\n    ${node.failureSummary}`),
  );
  if (faults.length > 0) throw new Error(`axe-core: ${faults.length} faults on ${page.url()}\n  ${faults.join('\n  ')}`);
}

// unclipped fails if the page is wider than the window: on a phone nobody scrolls sideways to read.
export async function unclipped(page: Page): Promise<void> {
  const [content, window] = (await page.evaluate(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  )) as [number, number];
  if (content > window) throw new Error(`${page.url()} is ${content} px wide in a window of ${window} px`);
}
