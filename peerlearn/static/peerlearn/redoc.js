// ReDoc fetches its maker's logo from an outside server. Who reads our documentation is nobody else's business.
const images = HTMLImageElement.prototype;
const setAttribute = images.setAttribute;
const source = Object.getOwnPropertyDescriptor(images, "src");
const isOurs = (address) => address.startsWith("data:") || new URL(address, location).origin === location.origin;
// An image that cannot be shown is left out by ReDoc.
const allowed = (address) => (isOurs(address) ? address : "data:,");

images.setAttribute = function (name, value) {
  setAttribute.call(this, name, name === "src" ? allowed(value) : value);
};
Object.defineProperty(images, "src", {
  ...source,
  set(value) {
    source.set.call(this, allowed(value));
  },
});
