// Opens a report in Chromium and says what a reader would stumble over: a line for each fault, nothing if there is none.
// Usage: node report_page.mjs REPORT.html [FOLDER], where FOLDER gets a screenshot for each width, and of the first screens as docs/ shows
// them.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const widths = [360, 768, 1280];
const a4 = 688;  // Pixels between the margins of A4, at 96 dpi.

// Pieces of text that lie over each other, that leave the page, their picture or their cell, or that are too small to read.
// What is in a frame that scrolls sideways may leave the page, but not in print.
function faultsOfLayout(print) {
  const faults = [];
  const page = document.documentElement;
  const width = page.clientWidth;
  if (page.scrollWidth > width) faults.push(`the page is ${page.scrollWidth} wide where ${width} fit`);
  const isForEarsOnly = (element) => {
    const head = element.closest('thead');
    return head !== null && head.getBoundingClientRect().width <= 2;
  };
  const pieces = [];
  const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (text === '' || !element.checkVisibility({ visibilityProperty: true }) || isForEarsOnly(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    for (const box of range.getClientRects()) {
      if (box.width > 0.5) pieces.push({ text: text.slice(0, 60), box, element });
    }
  }
  for (const { text, box, element } of pieces) {
    const scrolls = element.closest('.wide') !== null && !print;
    if (!scrolls && (box.left < -0.5 || box.right > width + 0.5)) faults.push(`"${text}" leaves the page`);
    if (box.height < 9) faults.push(`"${text}" is ${box.height.toFixed(1)} pixels high`);
    const frame = element.closest('svg, td, th, li, figcaption')?.getBoundingClientRect();
    if (frame && (box.right > frame.right + 1.5 || box.bottom > frame.bottom + 2)) faults.push(`"${text}" leaves its frame`);
  }
  pieces.sort((a, b) => a.box.top - b.box.top);
  pieces.forEach((a, i) => {
    for (let k = i + 1; k < pieces.length && pieces[k].box.top < a.box.bottom - 3; ++k) {
      const b = pieces[k];
      if (a.box.right > b.box.left + 1 && b.box.right > a.box.left + 1) faults.push(`"${a.text}" lies over "${b.text}"`);
    }
  });
  for (const shape of document.querySelectorAll('main svg rect, main svg path')) {
    const box = shape.getBoundingClientRect();
    const frame = shape.closest('svg').getBoundingClientRect();
    const apart = 2.5;  // Half of a line, and a pixel.
    const leaves = box.right > frame.right + apart || box.left < frame.left - apart || box.bottom > frame.bottom + apart || box.top < frame.top - apart;
    if (shape.checkVisibility() && leaves) faults.push(`a ${shape.nodeName} of "${shape.closest('figure')?.querySelector('figcaption')?.textContent}" leaves its picture`);
  }
  return faults;
}

function hiddenTables() {
  return [...document.querySelectorAll('table')].filter((table) => !table.checkVisibility()).length;
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
  for (const figure of await page.locator('figure').all()) {
    if (await figure.locator('table').count() === 0) console.log(`no table tells the figures of "${await figure.locator('figcaption').textContent()}"`);
  }
  const look = async (name, print) => {
    for (const fault of await page.evaluate(faultsOfLayout, print)) console.log(`${name}: ${fault}`);
    if (process.argv[3]) await page.screenshot({ path: join(process.argv[3], `${name}.png`), fullPage: true });
  };
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    await page.evaluate(() => document.querySelectorAll('details').forEach((details) => { details.open = false; }));
    await look(`${width}`, false);
    await page.evaluate(() => document.querySelectorAll('details').forEach((details) => { details.open = true; }));
    await look(`${width}-open`, false);
  }
  await page.evaluate(() => document.querySelectorAll('details').forEach((details) => { details.open = false; }));
  if (process.argv[3]) {
    await page.setViewportSize({ width: 1000, height: 1500 });
    await page.screenshot({ path: join(process.argv[3], 'first.png') });
  }
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize({ width: a4, height: 1000 });
  await look('print', true);
  if (await page.evaluate(hiddenTables) > 0) console.log(`print: ${await page.evaluate(hiddenTables)} tables are not printed`);
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ media: 'screen', colorScheme });
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    for (const { id, help, nodes } of violations) console.log(`${colorScheme}: ${id}: ${help}: ${nodes[0].html}`);
    if (process.argv[3]) await page.screenshot({ path: join(process.argv[3], `${colorScheme}.png`), fullPage: true });
  }
} finally {
  await browser.close();
}
