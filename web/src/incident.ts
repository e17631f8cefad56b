/** An incident's page: the map of the governorates that its claims name, drawn when somebody comes near it. Its table stands beneath it anyway. */
import type { Texts } from "./say";
import type { Row } from "./sparql/answer";

interface Named {
  key: string;
  ar: string;
  en: string;
  claims: number;
}

async function show(figure: HTMLElement): Promise<void> {
  const named = JSON.parse(figure.dataset.places ?? "[]") as Named[];
  const [{ saying }, { draw }] = await Promise.all([import("./say"), import("./sparql/map")]);
  const say = saying(JSON.parse(figure.dataset.messages ?? "{}") as Texts, document.documentElement.lang);
  const places = Object.fromEntries(named.map(({ key, ar, en }) => [`/${key}`, { ar, en, governorate: key }]));
  const rows = named.flatMap(({ key, claims }) => Array.from({ length: claims }, (): Row => ({ place: { type: "uri", value: `/${key}` } })));
  await draw(figure, { columns: ["place"], rows }, { setting: { base: "/", prefixes: {}, places }, say });
}

const watching = new IntersectionObserver(
  (seen) => {
    for (const { isIntersecting, target } of seen) {
      if (!isIntersecting) continue;
      watching.unobserve(target);
      void show(target as HTMLElement);
    }
  },
  { rootMargin: "400px" },
);
for (const figure of document.querySelectorAll("[data-places]")) watching.observe(figure);
