// Opens a report in Chromium and says what a reader would stumble over: a line for each fault, nothing if there is none.
// Usage: node report_page.mjs REPORT.html
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const widths = [360, 1280];
const a4 = 794;  // Pixels at 96 dpi.

// Texts that lie over each other or leave their picture, and content wider than the page.
function faultsOfLayout() {
  const faults = [];
  const page = document.documentElement;
  if (page.scrollWidth > page.clientWidth) faults.push(`the page is ${page.scrollWidth} wide where ${page.clientWidth} fit`);
  for (const svg of document.querySelectorAll('main svg')) {
    const frame = svg.getBoundingClientRect();
    const boxes = [...svg.querySelectorAll('text')].map((text) => [text.textContent, text.getBoundingClientRect()]);
    boxes.forEach(([text, box], i) => {
      if (box.right > frame.right + 1 || box.bottom > frame.bottom + 1) faults.push(`"${text}" leaves its picture`);
      for (const [other, b] of boxes.slice(i + 1)) {
        const apart = box.right <= b.left || b.right <= box.left || box.bottom <= b.top + 2 || b.bottom <= box.top + 2;
        if (!apart) faults.push(`"${text}" lies over "${other}"`);
      }
    });
  }
  return faults;
}

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
try {
  const context = await browser.newContext({ bypassCSP: true });  // For the checker; the page's own policy is read below.
  const page = await context.newPage();
  const requests = [];
  page.on('request', (request) => requests.push(request.url()));
  const url = pathToFileURL(process.argv[2]).href;
  await page.goto(url);
  for (const other of requests.filter((request) => request !== url)) console.log(`the page asks for ${other}`);
  const policies = page.locator('meta[http-equiv="Content-Security-Policy"]');
  const policy = (await policies.count()) > 0 ? await policies.first().getAttribute('content') : 'missing';
  if (!policy.startsWith("default-src 'none'")) console.log(`the policy of the page is ${policy}`);
  if (await page.locator('script').count() > 0) console.log('the page has a script');
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    for (const fault of await page.evaluate(faultsOfLayout)) console.log(`${width}: ${fault}`);
  }
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize({ width: a4, height: 1123 });
  for (const fault of await page.evaluate(faultsOfLayout)) console.log(`print: ${fault}`);
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ media: 'screen', colorScheme });
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    for (const { id, help, nodes } of violations) console.log(`${colorScheme}: ${id}: ${help}: ${nodes[0].html}`);
  }
} finally {
  await browser.close();
}
