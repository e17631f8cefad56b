// The build of the pages: hashed names, a manifest for the service, a gzipped copy beside whatever gets smaller by it, and the licences of what is in it.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

const OUT = "../src/claimgraph/web/static";
const PACKED = /\.(js|css|json|svg|txt)$/;

/** Writes NAME.gz beside each text, without a date, so that the same sources give the same bytes. */
function packed(): Plugin {
  return {
    name: "packed",
    apply: "build",
    writeBundle(options, bundle) {
      for (const name of Object.keys(bundle).filter((one) => PACKED.test(one))) {
        const path = join(options.dir ?? OUT, name);
        writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
      }
    },
  };
}

/** The folder of the package that a module belongs to. */
function packageOf(id: string): string | undefined {
  const path = id.replace(/^\0/, "").replace(/\?.*$/, "");
  if (!path.includes("node_modules")) return undefined;
  for (let folder = dirname(path); folder.includes("node_modules"); folder = dirname(folder)) {
    const file = join(folder, "package.json");
    if (existsSync(file) && (JSON.parse(readFileSync(file, "utf-8")) as { name?: string; version?: string }).version) return folder;
  }
  return undefined;
}

/** Writes what has the same name in every build: the icon, and licences.txt, which says whose work the pages carry and on which terms. */
function named(): Plugin {
  return {
    name: "named",
    apply: "build",
    generateBundle(_, bundle) {
      const folders = new Set<string>();
      for (const id of [...this.getModuleIds(), ...Object.values(bundle).flatMap((one) => (one.type === "asset" ? one.originalFileNames : []))]) {
        const found = packageOf(id.startsWith("node_modules") ? join(process.cwd(), id) : id);
        if (found) folders.add(found);
      }
      const texts = [...folders].sort().map((folder) => {
        const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf-8")) as { name: string; version: string; license?: string };
        const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
        return `${about.name} ${about.version}: ${about.license ?? "see below"}\n\n${file ? readFileSync(join(folder, file), "utf-8").trim() : ""}\n`;
      });
      this.emitFile({ type: "asset", fileName: "icon.svg", source: readFileSync("src/icon.svg", "utf-8") });
      this.emitFile({ type: "asset", fileName: "licences.txt", source: texts.join(`\n${"-".repeat(80)}\n\n`) });
    },
  };
}

export default defineConfig({
  base: "/assets/",
  publicDir: false,
  plugins: [named(), packed()],
  build: {
    outDir: OUT,
    emptyOutDir: true,
    assetsDir: "",
    assetsInlineLimit: 0, // a policy without data: addresses
    manifest: "manifest.json",
    modulePreload: { polyfill: false },
    target: "es2022",
    chunkSizeWarningLimit: 2_000,
    rollupOptions: { input: { site: "src/site.ts", sparql: "src/sparql/page.ts", report: "src/report.ts", incident: "src/incident.ts" } },
  },
});
