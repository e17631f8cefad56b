// Rates a page with Lighthouse: the task comes as JSON on stdin, the scores go as JSON to stdout.
// The preset is Lighthouse's own: a mid-range phone on a slow mobile line, simulated from one load.
import { readFileSync } from 'node:fs';
import net from 'node:net';
import * as launcher from 'chrome-launcher';
import lighthouse from 'lighthouse';

const { url, chrome, flags } = JSON.parse(readFileSync(0, 'utf8'));
const HERE = ['127.0.0.1', 'localhost'];

// Whatever Node is asked to connect to must be on this machine: anything else ends the script.
const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...given) {
  const { host, path } = [given[0]].flat()[0] ?? {};
  if (!path && host && !HERE.includes(host)) {
    throw new Error(`a connection to ${host} was asked for`);
  }
  return connect.apply(this, given);
};

const browser = await launcher.launch({
  chromePath: chrome,
  chromeFlags: ['--headless=new', '--disable-gpu', `--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE ${new URL(url).hostname}`, ...flags],
  logLevel: 'silent',
});
try {
  const { lhr } = await lighthouse(url, {
    port: browser.port,
    onlyCategories: ['accessibility', 'performance'],
    logLevel: 'silent',
    enableErrorReporting: false,
  });
  const scores = Object.fromEntries(Object.entries(lhr.categories).map(([name, { score }]) => [name, score]));
  const failed = Object.values(lhr.audits)
    .filter(({ score, scoreDisplayMode }) => scoreDisplayMode === 'binary' && score === 0)
    .map(({ id }) => id);
  const measured = Object.fromEntries(
    ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift', 'speed-index'].map((id) => [
      id,
      lhr.audits[id].numericValue,
    ]),
  );
  const requests = lhr.audits['network-requests'].details.items.map((one) => one.url);
  process.stdout.write(
    JSON.stringify({ version: lhr.lighthouseVersion, error: lhr.runtimeError?.message ?? null, scores, failed, measured, requests }),
  );
} finally {
  browser.kill();
}
