/* Runs tests/*.test.ts with node's own test runner, after esbuild has turned them into plain modules. */
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const tests = resolve(here, "tests");
const wanted = process.argv.slice(2);
const files = (await readdir(tests)).filter(
  (name) => name.endsWith(".test.ts") && (wanted.length === 0 || wanted.some((part) => name.includes(part))),
);
const out = await mkdtemp(join(tmpdir(), "pages-tests-"));
try {
  await writeFile(join(out, "package.json"), '{ "type": "module" }');
  await esbuild.build({
    entryPoints: files.map((name) => join(tests, name)),
    outdir: out,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    sourcemap: "inline",
    nodePaths: [join(here, "node_modules")],
    logLevel: "warning",
  });
  const built = (await readdir(out)).filter((name) => name.endsWith(".js")).map((name) => join(out, name));
  const run = spawnSync(process.execPath, ["--enable-source-maps", "--test", ...built], {
    stdio: "inherit",
    env: { ...process.env, PAGES_TEMPLATES: resolve(here, "../templates") },
  });
  process.exitCode = run.status ?? 1;
} finally {
  await rm(out, { recursive: true, force: true });
}
