// Builds kangaroo/entrypoints/console/static: one style sheet with only the rules that are used, one script, one sprite
// of icons; each with a digest in its name and compressed beside; manifest.json says how each is called.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { PurgeCSS } from "purgecss";

const require = createRequire(import.meta.url);
const assets = dirname(fileURLToPath(import.meta.url));
const console_ = dirname(assets);
const target = join(console_, "static");

function files(folder, ...endings) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.includes(extname(entry.name)))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

const templates = files(join(console_, "templates"), ".html");
const sources = [...templates, ...files(assets, ".js"), ...files(console_, ".py")];

async function bundle(entry, options) {
  const made = await build({
    entryPoints: [join(assets, entry)],
    bundle: true,
    minify: true,
    write: false,
    target: ["chrome120", "firefox125", "safari17"],
    ...options,
  });
  return made.outputFiles[0].text;
}

async function styles() {
  const [purged] = await new PurgeCSS().purge({
    content: sources,
    css: [{ raw: await bundle("console.css", { minify: false }) }],
    defaultExtractor: (text) => text.match(/[\w-]+/g) ?? [],
    // Classes that templates put together, and what htmx and browsers set.
    safelist: { standard: ["show", "hidden"], greedy: [/^htmx-/, /^light-/, /^alert-/, /^layer-/, /^used-/, /^bg-.*-lt$/, /data-bs-theme/, /aria-/] },
    variables: true,
    keyframes: true,
    fontFace: true,
  });
  const made = await build({
    stdin: { contents: purged.css, loader: "css" },
    minify: true,
    write: false,
    target: ["chrome120", "firefox125", "safari17"],
  });
  return made.outputFiles[0].text;
}

// Icons are found where they are used: icon("name") in templates, "name" in the tables of Python and as an argument.
function icons() {
  const outline = dirname(require.resolve("@tabler/icons/outline/search.svg"));
  const there = new Set(readdirSync(outline).map((name) => basename(name, ".svg")));
  const used = new Set();
  for (const file of sources.filter((name) => !name.endsWith(".js")))
    for (const [, name] of readFileSync(file, "utf8").matchAll(/["']([a-z0-9]+(?:-[a-z0-9]+)*)["']/g))
      if (there.has(name)) used.add(name);
  for (const file of templates)
    for (const [, name] of readFileSync(file, "utf8").matchAll(/\bicon\("([^"]+)"/g))
      if (!there.has(name)) throw new Error(`${file}: there is no icon ${name}`);
  const mark = readFileSync(join(assets, "mark.svg"), "utf8").match(/<svg[^>]*>(.*)<\/svg>/s)[1];
  const symbols = [...used].sort().map((name) => {
    const inside = readFileSync(join(outline, `${name}.svg`), "utf8").match(/<svg[^>]*>(.*)<\/svg>/s)[1];
    return `<symbol id="${name}" viewBox="0 0 24 24">${inside.replace(/\s*\n\s*/g, "")}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg"><symbol id="mark" viewBox="0 0 32 32">${mark}</symbol>${symbols.join("")}</svg>`;
}

function licences() {
  const parts = [
    ["@tabler/core, @tabler/icons", "MIT, Copyright (c) codecalm and the Tabler authors"],
    ["Bootstrap", "MIT, Copyright (c) The Bootstrap Authors"],
    ["htmx.org", "0BSD, Copyright (c) Big Sky Software"],
  ];
  return `${parts.map(([name, licence]) => `${name}: ${licence}`).join("\n")}\n`;
}

const outputs = {
  "theme.js": await bundle("theme.js", { format: "iife" }),
  "console.js": await bundle("console.js", { format: "esm" }),
  "console.css": await styles(),
  "icons.svg": icons(),
  "mark.svg": readFileSync(join(assets, "mark.svg"), "utf8"),
  "licences.txt": licences(),
};

// The manifest comes last, and what it no longer names goes after it: who starts meanwhile finds a whole console.
mkdirSync(target, { recursive: true });
const manifest = {};
for (const [name, text] of Object.entries(outputs)) {
  const digest = createHash("sha256").update(text).digest("hex").slice(0, 10);
  const built = `${basename(name, extname(name))}-${digest}${extname(name)}`;
  const content = Buffer.from(text);
  const gzip = gzipSync(content, { level: 9 });
  writeFileSync(join(target, built), content);
  writeFileSync(join(target, `${built}.gz`), gzip);
  writeFileSync(join(target, `${built}.br`), brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
  manifest[name] = built;
  if (process.argv.includes("--sizes")) console.log(`${built} ${content.length} ${gzip.length}`);
}
writeFileSync(join(target, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
const kept = new Set(["manifest.json", ...Object.values(manifest).flatMap((name) => [name, `${name}.gz`, `${name}.br`])]);
for (const name of readdirSync(target)) if (!kept.has(name)) rmSync(join(target, name));
