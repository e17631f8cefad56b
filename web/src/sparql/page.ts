/** Makes the form of the SPARQL page an editor. Should that fail, the form stays what it is. */
import { saying, type Texts } from "../say";

function one<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no #${id}.`);
  return found as T;
}

async function begin(): Promise<void> {
  const form = one<HTMLFormElement>("sparql");
  const given = form.dataset;
  const text = one<HTMLTextAreaElement>("query");
  const say = saying(JSON.parse(given.messages ?? "{}") as Texts, given.lang ?? "en");
  const { open } = await import("./studio");
  await open({
    form,
    place: one("studio"),
    controls: [one("controls"), one("editor-hint"), one("status")],
    run: one("run"),
    stop: one("stop"),
    link: one("link"),
    timeout: one("timeout"),
    status: one("status"),
    base: given.base ?? "",
    query: text.value,
    isGiven: given.given === "true",
    title: given.title ?? "",
    say,
  });
  one("plain-editor").hidden = true;
  text.required = false;
  one("editor-hint").hidden = false;
  form.dataset.ready = "true";
}

void begin();
