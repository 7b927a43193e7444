// As much of a browser as next-auth's client and React's test renderer need: a window, and a fetch with cookies.

const cookies = new Map();

function keep(line) {
  const [pair, ...attributes] = line.split(";").map((part) => part.trim());
  const name = pair.slice(0, pair.indexOf("="));
  if (attributes.some((attribute) => attribute.toLowerCase() === "max-age=0")) cookies.delete(name);
  else cookies.set(name, { value: pair.slice(name.length + 1), line });
}

const target = () => {
  const events = new EventTarget();
  return {
    addEventListener: events.addEventListener.bind(events),
    removeEventListener: events.removeEventListener.bind(events),
  };
};

export const requests = [];
export const jar = () => Object.fromEntries([...cookies].map(([name, cookie]) => [name, cookie.value]));
export const lines = () => Object.fromEntries([...cookies].map(([name, cookie]) => [name, cookie.line]));
export const put = (name, value) => cookies.set(name, { value, line: "" });

export function open(origin) {
  const plainFetch = globalThis.fetch;
  globalThis.window = Object.assign(target(), { location: { href: `${origin}/start`, reload() {} } });
  globalThis.document = Object.assign(target(), { visibilityState: "visible" });
  globalThis.localStorage = { setItem() {} };
  globalThis.fetch = async (path, options = {}) => {
    const cookie = [...cookies].map(([name, { value }]) => `${name}=${value}`).join("; ");
    const headers = { ...options.headers, ...(cookie && { cookie }) };
    const response = await plainFetch(new URL(path, origin), { redirect: "manual", ...options, headers });
    response.headers.getSetCookie().forEach(keep);
    requests.push(`${(options.method ?? "GET").toUpperCase()} ${path} ${response.status}`);
    return response;
  };
}
