// A browser as far as a log-in needs one: cookies by host, forms, redirects one at a time.
'use strict';
const assert = require('node:assert');

class Browser {
  constructor() {
    this.jars = new Map();
  }

  jar(url) {
    const { hostname } = new URL(url);
    if (!this.jars.has(hostname)) this.jars.set(hostname, new Map());
    return this.jars.get(hostname);
  }

  /** One request; its answer with `url`, `text`, `to` (where a redirect leads) and `form(name)`. */
  async ask(url, { method = 'GET', fields, headers = {} } = {}) {
    const cookies = [...this.jar(url)].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, {
      method: fields ? 'POST' : method,
      redirect: 'manual',
      headers: { Accept: 'text/html', ...(cookies && { Cookie: cookies }), ...headers },
      body: fields && new URLSearchParams(fields),
    });
    for (const line of answer.headers.getSetCookie()) this.keep(url, line);
    const location = answer.headers.get('location');
    return { url, status: answer.status, headers: answer.headers, text: await answer.text(), to: location && new URL(location, url).href };
  }

  keep(url, line) {
    const [pair, ...attributes] = line.split(';').map((part) => part.trim());
    const name = pair.slice(0, pair.indexOf('='));
    const value = pair.slice(pair.indexOf('=') + 1);
    const over = attributes.some((one) => /^max-age=0$/i.test(one) || /^expires=.* 1970 /i.test(one));
    if (over || !value) this.jar(url).delete(name);
    else this.jar(url).set(name, value);
  }

  /** Follows redirects until a page comes, or to the first address that `stop` says yes to, which is not asked. */
  async go(url, options = {}, stop = () => false) {
    let answer = await this.ask(url, options);
    for (let hops = 0; answer.to && hops < 20; ++hops) {
      if (stop(answer.to)) return answer;
      answer = await this.ask(answer.to);
    }
    return answer;
  }

  /** Fills in the page's first form whose action has `action` in it, and sends it. */
  submit(page, action, fields, stop) {
    const forms = page.text.match(/<form[\s\S]*?<\/form>/g) || [];
    const found = forms.find((one) => /action="([^"]*)"/.exec(one)[1].includes(action));
    assert.ok(found, `${page.url} has no form for ${action}: ${page.text}`);
    const all = {};
    for (const [input] of found.matchAll(/<input[^>]*>/g)) {
      const name = /name="([^"]*)"/.exec(input);
      const value = /value="([^"]*)"/.exec(input);
      if (name) all[name[1]] = value ? unescape(value[1]) : '';
    }
    const target = new URL(unescape(/action="([^"]*)"/.exec(found)[1]), page.url).href;
    return this.go(target, { fields: { ...all, ...fields } }, stop);
  }
}

function unescape(text) {
  return text.replace(/&quot;/g, '"').replace(/&#39;/g, "'").replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
}

module.exports = { Browser };
