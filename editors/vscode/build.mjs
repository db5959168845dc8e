// Bundles the extension with the packages that it needs, and collects their licences.
// The packages are those of the tests: `npm ci --prefix tests/peers`.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const packages = join(here, "..", "..", "tests", "peers", "node_modules");
const esbuild = createRequire(join(packages, "esbuild", "package.json"))("esbuild");

const result = await esbuild.build({
  absWorkingDir: here,
  entryPoints: ["src/extension.js"],
  outfile: "dist/extension.js",
  bundle: true,
  minify: true,
  platform: "node",
  target: "node18",
  format: "cjs",
  external: ["vscode"],
  nodePaths: [packages],
  metafile: true,
});

const folders = new Set();
for (const input of Object.keys(result.metafile.inputs)) {
  const inside = input.match(/^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//);
  if (inside) {
    folders.add(inside[1]);
  }
}
const licences = [...folders].sort().map((folder) => {
  const path = join(here, folder);
  const { name, version, license } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
  const file = readdirSync(path).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? readFileSync(join(path, file), "utf8").trim() : `Licensed under ${license}.`;
  return `${name} ${version}\n\n${text}\n`;
});
writeFileSync(join(here, "dist", "LICENCES.txt"), licences.join(`\n${"-".repeat(80)}\n\n`));
