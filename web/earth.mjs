// Packs the coarse base map that is shipped: coasts, lakes and rivers of Natural Earth (public
// domain, naturalearthdata.com), as mapeo-offline-map has thinned them to hundredths of a degree.
// Lines are longitude, latitude, then steps from point to point, in hundredths of a degree.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const from = new URL("node_modules/mapeo-offline-map/", import.meta.url);
const { version } = JSON.parse(readFileSync(new URL("package.json", from), "utf8"));

function packed(points) {
  let [x, y] = [0, 0];
  return points.flatMap(([lon, lat]) => {
    const [c, r] = [Math.round(lon * 100), Math.round(lat * 100)];
    const step = [c - x, r - y];
    [x, y] = [c, r];
    return step;
  });
}

function lines(name) {
  const { features } = JSON.parse(readFileSync(new URL(`dist/${name}.json`, from), "utf8"));
  return features.flatMap(({ geometry: { type, coordinates } }) =>
    type === "LineString" ? [coordinates]
    : type === "MultiPolygon" ? coordinates.flat()
    : coordinates, // MultiLineString, Polygon: a list of lines
  ).map(packed);
}

const earth = {
  source: `Natural Earth by mapeo-offline-map ${version}`,
  lines: { river: lines("rivers"), lake: lines("lakes"), coast: lines("land") },
};
const out = new URL("../src/bartizan/data/underlay/", import.meta.url);
mkdirSync(out, { recursive: true });
const data = gzipSync(JSON.stringify(earth), { level: 9 });
writeFileSync(new URL("earth.json.gz", out), data);
console.log(`${Object.values(earth.lines).flat().length} lines, ${data.length} bytes`);
