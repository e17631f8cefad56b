// What a page is asked in the browser by test_payloads.py. It is there before anything of the page is; ACTING is put in by the test.
(() => {
  const acting = new RegExp(ACTING, "gu");
  const word = "pwned";
  const seen = { ran: [], made: [], drawn: new Set() };

  // --- nothing runs, and nothing is made of a text
  window.pwned = () => seen.ran.push("pwned()");
  for (const name of ["alert", "confirm", "prompt", "print", "open"]) window[name] = (...given) => void seen.ran.push(`${name}(${given})`);
  const never = "applet audio base dialog embed frame frameset iframe image keygen marquee math object portal source template track video".split(" ");
  function foreign(one) {
    const name = one.localName;
    const names = one.getAttributeNames();
    const address = one.getAttribute("href") ?? one.getAttribute("src") ?? one.getAttribute("action") ?? "";
    const { protocol, origin } = new URL(address, location.href);
    return (
      never.includes(name) ||
      name.includes(word) ||
      names.some((attribute) => /^(on|hx-|data-hx-|ping|nonce|srcdoc|formaction.*:|background)/.test(attribute) || attribute.includes(word)) ||
      !["http:", "https:", "data:", "blob:"].includes(protocol) ||
      (!["a", "img"].includes(name) && origin !== location.origin) ||
      (name !== "img" && protocol === "data:") ||
      (name === "meta" && one.hasAttribute("http-equiv")) ||
      (name === "script" && !address.startsWith("/assets/")) ||
      (name === "style" && /evil|pwned/.test(one.textContent)) ||
      /evil|pwned/.test(one.getAttribute("style") ?? "")
    );
  }
  new MutationObserver((records) => {
    for (const { addedNodes, target, type } of records) {
      const roots = type === "attributes" ? [target] : [...addedNodes].filter((one) => one.nodeType === Node.ELEMENT_NODE);
      const all = type === "attributes" ? roots : roots.flatMap((one) => [one, ...one.querySelectorAll("*")]);
      for (const one of all) if (foreign(one)) seen.made.push(one.outerHTML.slice(0, 200));
    }
  }).observe(document, { childList: true, subtree: true, attributes: true });
  for (const { prototype } of [CanvasRenderingContext2D, OffscreenCanvasRenderingContext2D]) {
    const fill = prototype.fillText;
    prototype.fillText = function (text, ...rest) {
      seen.drawn.add(String(text));
      return fill.call(this, text, ...rest);
    };
  }

  // --- every text that is shown, and where it stands
  function* texts(within = document) {
    const walker = document.createTreeWalker(within, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) if (!walker.currentNode.parentElement?.closest("script, style, textarea")) yield walker.currentNode;
  }
  const balanced = (text) => text.replace(/\u2068([^\u2066-\u2069]*)\u2069/g, "$1"); // where no element can stand the pages isolate by these
  const codes = (text) => [...text.matchAll(acting)].map(([one]) => one.codePointAt(0));

  const isOfEditors = (code) => code < 0x10000 || (code >= 0xe0000 && code < 0xe0400); // which look at halves of pairs: marks of tags, no rarer ones

  /** Characters that act, or are not seen, and stand as they are in a text or an attribute. What is there to be corrected is as it was typed. */
  function raw() {
    const found = [];
    for (const node of texts()) {
      const alone = node.parentElement?.matches("option, title, svg text");
      const all = codes(alone ? balanced(node.data) : node.data);
      const here = node.parentElement?.closest(".CodeMirror") ? all.filter(isOfEditors) : all;
      if (here.length) found.push(`${here} in ${node.parentElement?.outerHTML.slice(0, 200)}`);
    }
    for (const one of document.querySelectorAll("*")) {
      for (const { name, value } of one.attributes) {
        if ((one.localName === "input" && name === "value") || name === "cm-text") continue;
        const here = codes(balanced(value));
        if (here.length) found.push(`${here} in ${name} of ${one.outerHTML.slice(0, 200)}`);
      }
    }
    for (const text of seen.drawn) if (codes(text).length) found.push(`${codes(text)} drawn: ${text}`);
    return found;
  }

  /** Marks that do not tell which character they stand for, cannot be seen or read aloud, or are turned by what stands around them. */
  function marks() {
    const wrong = [];
    const all = [...document.querySelectorAll(".control")];
    for (const one of all) {
      const style = getComputedStyle(one);
      const box = one.getBoundingClientRect();
      const isHidden = one.checkVisibility() && (box.width < 20 || box.height < 5);
      const isNamed = /^U\+[0-9A-F]{4,6} [A-Z]/.test(one.textContent) && !one.closest("[aria-hidden=true]");
      if (!isNamed || isHidden || style.unicodeBidi !== "isolate" || style.direction !== "ltr") wrong.push(one.outerHTML);
    }
    return { wrong, names: [...new Set(all.map((one) => one.textContent))] };
  }

  /** The words of the content without spaces, each mark as the character that it stands for. */
  function letters() {
    let all = "";
    for (const node of texts(document.querySelector("main"))) {
      if (node.parentElement.closest(".CodeMirror")) continue;
      const mark = node.parentElement.closest(".control");
      all += mark ? String.fromCodePoint(Number.parseInt(mark.textContent.slice(2), 16)) : node.data;
    }
    return all.replace(/[\s\x1c-\x1f\x85]/g, "");
  }

  // --- what stands behind a text is as it would be behind any other
  const SENTINEL = "12(34)ab-56";
  const AT_EACH = 24; // texts that are measured of those in places that are alike
  const BLOCKS = "td, th, li, p, dd, div, h1, blockquote";

  /** The order in which the letters of a sentinel are seen from left to right; none where it is not shown. */
  function order(made) {
    const range = document.createRange();
    const lefts = [...SENTINEL].map((letter, at) => {
      range.setStart(made.firstChild, at);
      range.setEnd(made.firstChild, at + 1);
      return [letter, range.getClientRects()[0]?.left];
    });
    return lefts.some(([, left]) => left === undefined) ? "" : lefts.sort(([, one], [, other]) => one - other).map(([letter]) => letter).join("");
  }

  /** Where sentinels go for a text: behind it on its line, and in the next cell or line; right beside it where nothing isolates it on its line. */
  function behind(container) {
    let isolated = container;
    while (getComputedStyle(isolated).unicodeBidi === "normal") isolated = isolated.parentElement;
    const isOwn = isolated.matches("bdi, [dir]") || getComputedStyle(isolated).display.startsWith("inline");
    const put = isOwn ? (one) => isolated.after(one) : isolated === container ? (one) => container.append(one) : (one) => container.after(one);
    const next = isolated.closest(BLOCKS)?.nextElementSibling;
    return next?.matches(BLOCKS) ? [put, (one) => next.prepend(one)] : [put];
  }

  /** Some of the elements that hold a text with the word, from every kind of place on the page. */
  function containers() {
    const places = new Map();
    const found = new Set([...texts(document.body)].filter((node) => node.data.includes(word)).map((node) => node.parentElement));
    for (const one of found) {
      if (one.closest("svg, option, .CodeMirror")) continue;
      let place = "";
      for (let at = one; at !== document.body; at = at.parentElement) place += ` ${at.localName}.${at.className}`;
      if (!places.has(place)) places.set(place, []);
      places.get(place).push(one);
    }
    return [...places.values()].flatMap((alike) => alike.filter((_, at) => at % Math.ceil(alike.length / AT_EACH) === 0));
  }

  function leaks() {
    for (const one of document.querySelectorAll("details")) one.open = true;
    const chosen = containers();
    const points = chosen.flatMap((one) => behind(one).map((put) => ({ put, html: one.outerHTML.slice(0, 300), made: document.createElement("span") })));
    for (const { put, made } of points) {
      made.style.whiteSpace = "nowrap";
      made.textContent = SENTINEL;
      put(made);
    }
    const before = points.map(({ made }) => order(made));
    for (const one of chosen) {
      const replaced = [...one.childNodes].filter((child) => child.nodeType === Node.TEXT_NODE || child.classList.contains("control"));
      replaced[0].before("·");
      for (const child of replaced) child.remove();
    }
    const after = points.map(({ made }) => order(made));
    const turned = points.flatMap(({ html }, at) => (before[at] === after[at] ? [] : [`${before[at]} for ${after[at]} behind ${html}`]));
    return { measured: after.filter(Boolean).length, turned };
  }

  Object.defineProperty(window, "looking", { value: { seen, raw, marks, letters, leaks } });
})();
