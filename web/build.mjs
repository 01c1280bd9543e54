// Checks nothing (tsc does), bundles the console into what is served and committed.
import { build } from "esbuild";
import { copyFile, mkdir } from "node:fs/promises";
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
  legalComments: "inline",
});
for (const name of ["index.html", "console.css", "symbols.svg"])
  await copyFile(`${here}src/${name}`, `${out}/${name}`);
