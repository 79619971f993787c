// A real browser, spoken to over its debugging pipe (Chrome DevTools Protocol): no driver, no port.
'use strict';
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { until } = require('./harness.js');

/// Where it is, or undefined.
function findChromium() {
  const folders = (process.env.PATH || '').split(':');
  return ['chromium-headless-shell', 'chromium'].flatMap((name) => folders.map((folder) => path.join(folder, name)))
    .find((file) => fs.existsSync(file));
}

class Chromium {
  #process; #folder; #session; #next = 1; #waiting = new Map(); #text = '';

  static async start() {
    const browser = new Chromium();
    browser.#folder = fs.mkdtempSync(path.join(os.tmpdir(), 'recast-chromium-'));
    browser.#process = spawn(findChromium(), ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run',
      '--remote-debugging-pipe', `--user-data-dir=${browser.#folder}`, 'about:blank'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    browser.#process.stdio[4].setEncoding('utf8').on('data', (text) => browser.#take(text));
    const { targetId } = await browser.#call('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await browser.#call('Target.attachToTarget', { targetId, flatten: true });
    browser.#session = sessionId;
    await browser.#call('Page.enable');
    return browser;
  }

  async stop() {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#session = undefined;
    this.#call('Browser.close').catch(() => {}); // it may be gone before it answers
    await ended;
    // Its helpers hold the pipes a little longer.
    this.#process.stdio[3].destroy();
    this.#process.stdio[4].destroy();
    fs.rmSync(this.#folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }

  #take(text) {
    this.#text += text;
    for (let end; (end = this.#text.indexOf('\0')) >= 0;) {
      const message = JSON.parse(this.#text.slice(0, end));
      this.#text = this.#text.slice(end + 1);
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (!waiting) continue;
      if (message.error) waiting.reject(new Error(message.error.message));
      else waiting.resolve(message.result);
    }
  }

  #call(method, params = {}) {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId: this.#session })}\0`);
    });
  }

  go(url) { return this.#call('Page.navigate', { url }); }

  /// The addresses of what the page has in frames.
  async frames() {
    const { frameTree } = await this.#call('Page.getFrameTree');
    return (frameTree.childFrames || []).map((child) => child.frame.url);
  }

  /// The value of an expression in the page.
  async evaluate(expression) {
    const { result, exceptionDetails } = await this.#call('Runtime.evaluate', { expression, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description || exceptionDetails.text);
    return result.value;
  }

  /// Waits for a page with that text.
  see(text) {
    const shown = `document.body.textContent.includes(${JSON.stringify(text)})`;
    return until(() => this.evaluate(shown).catch(() => false), 20000, text);
  }

  /// Waits until the page is there whose address begins so.
  async arrive(address) {
    let seen;
    try {
      // A page on its way out has no context to evaluate in.
      await until(async () => {
        seen = await this.evaluate('document.readyState === "complete" ? location.href : ""').catch(() => '');
        return seen.startsWith(address);
      }, 20000, address);
    } catch (error) {
      throw new Error(`${error.message}, but the browser is at ${seen}`);
    }
  }
}

module.exports = { Chromium, findChromium };
