// Checks nothing (tsc does), bundles the console into what is served and committed.
import { build } from "esbuild";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const out = process.argv[2] ?? `${here}../src/bartizan/console/static`;

await mkdir(out, { recursive: true });
await build({
  entryPoints: [`${here}src/main.tsx`],
  outfile: `${out}/console.js`,
  absWorkingDir: here,
  bundle: true,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  charset: "utf8",
  minify: false, // a site may read what it runs
  banner: { js: "// Built from web/src by `make console`. Licences of what is in it: licences.txt" },
});
for (const name of ["index.html", "console.css", "symbols.svg"])
  await copyFile(`${here}src/${name}`, `${out}/${name}`);

// What is shipped carries the licences of those who made it; the symbols are milsymbol's drawings.
let licences = "";
for (const name of ["preact", "@preact/signals", "@preact/signals-core", "milsymbol"]) {
  const { version } = JSON.parse(await readFile(`${here}node_modules/${name}/package.json`, "utf8"));
  licences += `${name} ${version}\n\n${(await readFile(`${here}node_modules/${name}/LICENSE`, "utf8")).trim()}\n\n\n`;
}
await writeFile(`${out}/licences.txt`, licences.trimEnd() + "\n");
