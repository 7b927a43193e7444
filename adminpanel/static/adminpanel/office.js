// What unfold's pages lack for keyboards and screen readers. Without this script they work as unfold made them.
"use strict";

// What icons say that stand alone.
const NAMES = {
    dock_to_right: "Show or hide the menu",
    close: "Close",
    unfold_more: "Your account and the colours",
    school: "Overview",
    search: "Search",
    light_mode: "Colours",
    dark_mode: "Colours",
    computer: "Colours",
};

function iconIn(element) {
    return element.matches(".material-symbols-outlined") ? element : element.querySelector(".material-symbols-outlined");
}

function nameByIcon(element) {
    const icon = iconIn(element);
    const text = element.textContent.trim();
    const words = icon && icon.textContent.trim();
    if (words && !element.ariaLabel && !element.title && (text === words || NAMES[words] === NAMES.unfold_more)) {
        element.ariaLabel = NAMES[words] || words.replaceAll("_", " ");
    }
}

// Some controls of the menu can only be clicked.
function makeButton(element) {
    if (element.matches("button, input, select, textarea, a[href], [tabindex]")) {
        return;
    }
    element.role = "button";
    element.tabIndex = 0;
    element.addEventListener("keydown", (event) => {
        if (event.target === element && (event.key === "Enter" || event.key === " ")) {
            event.preventDefault();
            element.click();
        }
    });
}

// Django names the text that helps with a field, unfold does not give it that name.
function describe(field) {
    const id = field.getAttribute("aria-describedby").split(" ")[0];
    if (document.getElementById(id)) {
        return;
    }
    for (let around = field.parentElement; around && around.matches("div"); around = around.parentElement) {
        if (around.querySelectorAll("[aria-describedby]").length > 1) {
            break;
        }
        const help = around.querySelector(".leading-relaxed.text-xs");
        if (help) {
            help.id = id;
            return;
        }
    }
    field.removeAttribute("aria-describedby");
}

function improve() {
    document.querySelectorAll("[x-on\\:click]").forEach(makeButton);
    document.querySelectorAll("a[href], button, [role=button]").forEach(nameByIcon);
    document.querySelectorAll("#searchbar").forEach((field) => {
        field.ariaLabel = "Search this list";
    });
    document.querySelectorAll("[aria-describedby]").forEach(describe);
    document.querySelectorAll(".material-symbols-outlined:not([role])").forEach((icon) => {
        icon.ariaHidden = "true";
    });
}

document.addEventListener("DOMContentLoaded", improve);
document.addEventListener("htmx:afterSettle", improve);
