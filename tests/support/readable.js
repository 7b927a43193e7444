// What keeps somebody with a keyboard, a screen reader or weak eyes from using this page: a list of sentences, empty
// where there is nothing to complain of. For `page.evaluate`.
() => {
    const found = [];
    const visible = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    const shown = (selector) => [...document.querySelectorAll(selector)].filter(visible);
    const say = (what, element) => found.push(`${what}: ${element.outerHTML.slice(0, 160)}`);
    const referred = (element, name) =>
        (element.getAttribute(name) || "").split(/\s+/).map((id) => document.getElementById(id)?.textContent || "").join(" ");
    const textOf = (element) => {
        const copy = element.cloneNode(true);
        copy.querySelectorAll("[aria-hidden=true]").forEach((hidden) => hidden.remove());
        const pictures = [...copy.querySelectorAll("img[alt]")].map((picture) => picture.alt);
        return copy.textContent + pictures.join(" ");
    };
    const nameOf = (element) =>
        [
            element.getAttribute("aria-label"),
            referred(element, "aria-labelledby"),
            [...(element.labels || [])].map((label) => label.textContent).join(" "),
            element.matches("input[type=submit], input[type=button]") ? element.value : "",
            element.matches("input, select, textarea") ? "" : textOf(element),
            element.title,
        ].join(" ").trim();

    if (!document.documentElement.lang) found.push("no language");
    if (!document.title.trim()) found.push("no title");
    if (shown("h1").length !== 1) found.push(`${shown("h1").length} first headings`);
    shown("h1, h2, h3, h4").filter((heading) => !textOf(heading).trim()).forEach((heading) => say("empty heading", heading));
    shown("a[href], button, [role=button], summary, input:not([type=hidden]), select, textarea, [role=img]")
        .filter((element) => !nameOf(element) && !element.querySelector("title"))
        .forEach((element) => say("no name", element));
    shown("img:not([alt])").forEach((picture) => say("no alternative", picture));
    shown("[x-on\\:click]").filter((element) => element.tabIndex < 0).forEach((element) => say("only for a mouse", element));
    document.querySelectorAll("[tabindex]").forEach((element) => element.tabIndex > 0 && say("order of its own", element));
    document.querySelectorAll("[aria-labelledby], [aria-describedby]").forEach((element) => {
        for (const name of ["aria-labelledby", "aria-describedby"]) {
            if (element.hasAttribute(name) && !referred(element, name).trim()) say(`${name} leads nowhere`, element);
        }
    });
    const ids = new Set();
    document.querySelectorAll("[id]").forEach((element) => {
        if (ids.has(element.id)) say("an id twice", element);
        ids.add(element.id);
    });
    if (document.documentElement.scrollWidth > document.documentElement.clientWidth) found.push("scrolls sideways");

    const brush = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const mix = (...colours) => {
        brush.clearRect(0, 0, 1, 1);
        for (const colour of colours) {
            brush.fillStyle = colour;
            brush.fillRect(0, 0, 1, 1);
        }
        return brush.getImageData(0, 0, 1, 1).data;
    };
    const light = ([...rgb]) => {
        const [r, g, b] = rgb.slice(0, 3).map((part) => {
            const share = part / 255;
            return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element) => {
        const layers = [];
        for (let at = element; at; at = at.parentElement) layers.unshift(getComputedStyle(at).backgroundColor);
        return ["#fff", ...layers];
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const seen = new Set();
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        const isText = walker.currentNode.textContent.trim() && !seen.has(element);
        if (!isText || !visible(element) || element.closest("svg, script, style, option, [aria-hidden=true]")) continue;
        seen.add(element);
        const style = getComputedStyle(element);
        const under = behind(element);
        const [a, b] = [light(mix(...under, style.color)), light(mix(...under))].sort((x, y) => y - x);
        const isLarge = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
        const contrast = (a + 0.05) / (b + 0.05);
        if (contrast < (isLarge ? 3 : 4.5)) say(`contrast ${contrast.toFixed(1)}`, element);
    }
    return found;
}
