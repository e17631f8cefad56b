/** Where the rows of an answer lie: at a point (WKT, or a latitude and a longitude), or in the governorate of a place that they name. */
import { type Answer, numberOf, type Row, type Setting } from "./answer";

export interface Placed {
  points: { longitude: number; latitude: number; row: Row }[];
  governorates: Map<string, number>;
}

const WKT = /POINT\s*\(\s*(-?[\d.]+)\s+(-?[\d.]+)\s*\)/i;
const LATITUDE = /^lat(itude)?$/i;
const LONGITUDE = /^(long?|lng|longitude)$/i;

export function placed(answer: Answer, setting: Setting): Placed {
  const latitude = answer.columns.find((column) => LATITUDE.test(column));
  const longitude = answer.columns.find((column) => LONGITUDE.test(column));
  const found: Placed = { points: [], governorates: new Map() };
  for (const row of answer.rows) {
    const [x, y] = [longitude && numberOf(row[longitude]), latitude && numberOf(row[latitude])];
    if (typeof x === "number" && typeof y === "number") found.points.push({ longitude: x, latitude: y, row });
    const within = new Set<string>();
    for (const column of answer.columns) {
      const term = row[column];
      const point = term?.datatype?.endsWith("#wktLiteral") ? WKT.exec(term.value) : null;
      if (point) found.points.push({ longitude: Number(point[1]), latitude: Number(point[2]), row });
      const place = term?.type === "uri" ? setting.places[term.value] : undefined;
      if (place) within.add(place.governorate);
    }
    for (const key of within) found.governorates.set(key, (found.governorates.get(key) ?? 0) + 1);
  }
  return found;
}

export function isPlaced(answer: Answer, setting: Setting): boolean {
  const { points, governorates } = placed(answer, setting);
  return points.length > 0 || governorates.size > 0;
}
