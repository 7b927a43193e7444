// Drives the real client of next-auth against a running server, step by step, and prints what it saw as JSON.
// node drive.mjs ORIGIN EMAIL PASSWORD; the environment has NEXTAUTH_SECRET, and each line on stdin goes on.

import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import * as browser from "./browser.mjs";

const [origin, email, password] = process.argv.slice(2);
browser.open(origin); // before the client is loaded, which looks for a window

const require = createRequire(import.meta.url);
const React = require("react");
const { act, create } = require("react-test-renderer");
const client = require("next-auth/react");
const { getToken } = require("next-auth/jwt");

globalThis.IS_REACT_ACT_ENVIRONMENT = true;
const stdin = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const seen = {};
let page;

const Page = () => {
  page = client.useSession();
  return null;
};
const look = () => ({ status: page.status, data: page.data });
const inPage = async (action) => {
  let result;
  await act(async () => {
    result = await action();
  });
  return result;
};
const opened = (request, secret = process.env.NEXTAUTH_SECRET) => getToken({ req: { headers: {}, cookies: {}, ...request }, secret });
const api = async (path, options) => {
  const response = await fetch(path, options);
  return { status: response.status, body: await response.json() };
};
const somebodyElse = async (what) => {
  process.stdout.write(`${what}\n`); // the test changes something on the server, and says when it is done
  await stdin.next();
};

await inPage(() => create(React.createElement(client.SessionProvider, null, React.createElement(Page))));
while (page.status === "loading") await inPage(() => new Promise((done) => setTimeout(done, 5)));
seen.before = look();
seen.providers = await client.getProviders();

const credentials = (secret) => ({ redirect: false, email, password: secret, callbackUrl: "/dashboard" });
seen.wrong = await inPage(() => client.signIn("credentials", credentials("wrong")));
seen.afterWrong = look();
seen.missing = await inPage(() => client.signIn("credentials", credentials("")));

browser.requests.length = 0;
seen.right = await inPage(() => client.signIn("credentials", credentials(password)));
seen.requests = [...browser.requests];
seen.afterRight = look();
seen.cookies = browser.lines();

const token = browser.jar()["next-auth.session-token"];
seen.token = await opened({ cookies: browser.jar() });
seen.tokenAsBearer = await opened({ headers: { authorization: `Bearer ${token}` } });
seen.tokenWithAnotherSecret = await opened({ cookies: browser.jar() }, "another secret that is long enough too");
seen.me = await api("/auth/me");
seen.write = await api("/auth/me", { method: "PUT", headers: { "Content-Type": "application/json", Origin: origin }, body: '{"first_name":"Augusta"}' });
seen.alienWrite = await api("/auth/me", { method: "PUT", headers: { "Content-Type": "application/json", Origin: "https://evil.example" }, body: "{}" });

await somebodyElse("onboard");
seen.update = await inPage(() => page.update({ user: { roles: ["ADMIN"] } }));
seen.afterUpdate = look();
seen.tokenAfterUpdate = await opened({ cookies: browser.jar() });

seen.out = await inPage(() => client.signOut({ redirect: false, callbackUrl: "/bye" }));
seen.afterOut = look();
seen.cookiesAfterOut = Object.keys(browser.jar());
browser.put("next-auth.session-token", token);
seen.stolen = await client.getSession();

await inPage(() => client.signIn("credentials", credentials(password)));
seen.again = look();
await somebodyElse("deactivate");
seen.deactivated = await client.getSession();
await inPage(() => client.signIn("credentials", { email, password, callbackUrl: "https://evil.example/" }));
seen.leftFor = window.location.href; // redirects by default: to the page that shows the error

process.stdout.write(`${JSON.stringify(seen)}\n`);
process.exit(0);
