/* Bundles the pages' scripts and style sheets into web/static/built with hashed names, and writes manifest.json:
   logical name ("console.js", "live.css") → file name. The server's template function asset(name) reads it. Beside each
   file lies its .gz, which the server prefers where the browser takes it: a committee's line is not an office network. */

import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(here, "../static/built");
const styles = resolve(here, "../styles");

/** Style sheets are entries by name; one that does not exist yet is not an error, so that a page can come later. */
async function entryPoints() {
  const scripts = ["console", "wall", "site", "kiosk", "office"].map((name) => join(here, "src", `${name}.ts`));
  scripts.push(join(here, "worker", "kiosk-worker.ts"));
  const sheets = existsSync(styles) ? (await readdir(styles)).filter((name) => name.endsWith(".css")) : [];
  return [...scripts, ...sheets.map((name) => join(styles, name))];
}

const compress = promisify(gzip);

const manifest = {
  name: "manifest",
  setup(build) {
    build.onEnd(async (result) => {
      if (result.errors.length > 0 || !result.metafile) return;
      const names = {};
      const kept = new Set(["manifest.json"]);
      for (const [path, output] of Object.entries(result.metafile.outputs)) {
        const file = relative(out, resolve(here, path));
        kept.add(file).add(`${file}.gz`);
        if (output.entryPoint) {
          const logical = basename(output.entryPoint).replace(/\.ts$/, ".js");
          names[logical] = file;
        }
      }
      for (const file of await readdir(out)) if (!kept.has(file)) await rm(join(out, file), { recursive: true });
      for (const file of kept)
        if (/\.(js|css)$/.test(file)) {
          await writeFile(join(out, `${file}.gz`), await compress(await readFile(join(out, file)), { level: 9 }));
        }
      const sorted = Object.fromEntries(Object.entries(names).sort());
      await writeFile(join(out, "manifest.json"), `${JSON.stringify(sorted, null, 2)}\n`);
    });
  },
};

await mkdir(out, { recursive: true });
const options = {
  absWorkingDir: here,
  entryPoints: await entryPoints(),
  entryNames: "[name]-[hash]",
  chunkNames: "part-[hash]",
  outdir: out,
  bundle: true,
  splitting: true,
  format: "esm",
  target: ["chrome100", "firefox102", "safari15.4"],
  minify: true,
  sourcemap: "linked",
  metafile: true,
  legalComments: "none",
  logLevel: "warning",
  plugins: [manifest],
};

if (process.argv.includes("--watch")) {
  const context = await esbuild.context(options);
  await context.watch();
  console.log("watching");
} else {
  const result = await esbuild.build(options);
  for (const [path, output] of Object.entries(result.metafile.outputs)) {
    if (output.entryPoint) console.log(`${basename(path)}  ${Math.ceil(output.bytes / 1024)} kB`);
  }
}
