import { execFileSync } from 'node:child_process';
import { defineConfig } from '@playwright/test';

// Debian's Chromium, or the one that CHROMIUM names: nothing is downloaded by the tests.
function chromium(): string {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  return execFileSync('sh', ['-c', 'command -v chromium || command -v chromium-browser'], { encoding: 'utf8' }).trim();
}

export default defineConfig({
  testDir: 'journeys',
  outputDir: 'test-results',
  globalSetup: './support/build.ts',
  // A journey waits for the product, never for a time: what is not there within the limits is a fault.
  // A machine that is busy with other things is given more with UKETSUKE_PATIENCE, in milliseconds.
  timeout: Number(process.env.UKETSUKE_PATIENCE ?? 240_000),
  expect: { timeout: 10_000 },
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: true,
  reporter: [['list']],
  use: {
    locale: 'ja-JP',
    timezoneId: 'Asia/Tokyo',
    // `--trace on` writes one; always on, it costs a third of the time.
    trace: 'off',
    actionTimeout: 30_000,
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: chromium(),
      args: [
        '--headless', '--lang=ja-JP', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
        '--disable-background-networking', '--disable-component-update', '--disable-sync',
      ],
    },
  },
  projects: [
    { name: 'desktop', use: { viewport: { width: 1280, height: 900 } } },
    // On a phone: every page as every role (crawl), and what each role does most. Rules, sessions and keys are the same
    // at every width.
    {
      name: 'phone',
      testIgnore: /(keeping|keyboard|language|lists|remake|s2|s3|s4|s6|s7)\.spec\.ts$/,
      use: { viewport: { width: 360, height: 740 }, hasTouch: true },
    },
  ],
});
