/* More people, and a repository in which something fails: made beside the running server, as an operator would. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { adminLink, go, it, settings, settle, visit } from "./lib.mjs";

const PEOPLE = {
  officer: ["Elina Koski", "security_officer"],
  second: ["Ulla Ek", "security_officer"],
  developer: ["Jari Mäki", "developer"],
  employee: ["Tove Berg", "employee"],
};
const address = (who) => `${who}@team.example`;
const states = new Map();
export const team = { repository: "", assessments: [] };

const run = (...a) => execFileSync(settings.program, [...a, "--data", settings.data], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, HOME: settings.home } });

/* Files of critical code whom nobody answers for. */
function makeShop(path) {
  const git = (...a) => execFileSync("git", ["-C", path, "-c", "user.name=Jari Mäki", "-c", `user.email=${address("developer")}`, ...a], { stdio: "pipe" });
  mkdirSync(path, { recursive: true });
  git("init", "-q", "-b", "main");
  for (const name of ["auth/login", "auth/oidc", "auth/password", "crypto/aes"]) {
    const file = join(path, "src", `${name}.c`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `/* ${name} */\nint begin(void)\n{\n    return 0;\n}\n`);
    git("add", "-A");
    git("commit", "-q", "-m", `${name}: begin`);
  }
}

/* A page of one of the team; who comes for the first time comes by a one-time link. */
export async function as(who, o = {}) {
  if (!states.has(who)) {
    const page = await visit();
    await page.goto(adminLink(address(who)));
    const further = page.getByRole("button", { name: "Continue" });
    await Promise.race([further.waitFor().catch(() => {}), page.waitForURL((u) => u.pathname !== "/link").catch(() => {})]);
    if (await further.count()) await further.click();
    await page.waitForURL((u) => u.pathname !== "/link");
    states.set(who, await page.context().storageState());
    await page.context().close();
  }
  return visit({ ...o, state: states.get(who) });
}

export const ask = async (page, path) => (await page.request.get(`${settings.address}/api/v1${path}`)).json();

it(
  "the team: people with roles, a repository assessed twice",
  async () => {
    for (const [who, [name, role]] of Object.entries(PEOPLE)) run("people", "add", name, address(who), "--role", role);
    const shop = join(dirname(settings.data), "shop");
    makeShop(shop);
    for (const rev of ["HEAD~1", "HEAD"]) run("assess", shop, "--rev", rev, "--name", "shop", "--quiet");
    const page = await as("officer");
    for (const end = Date.now() + 60_000; team.assessments.length < 2; await new Promise((done) => setTimeout(done, 300))) {
      const { items = [] } = await ask(page, "/repositories?q=shop");
      team.repository = items[0]?.id.replace("repo:", "") ?? "";
      if (team.repository) team.assessments = (await ask(page, `/repositories/${team.repository}/assessments`)).items.map((a) => a.assessment);
      if (Date.now() > end) throw new Error("the assessments do not come to the pages");
    }
    await go(page, "/repositories");
    await settle(page);
    await page.getByRole("link", { name: /shop/ }).waitFor();
  },
  { always: true },
);
