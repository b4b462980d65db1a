// The page with Swagger UI, one vendor at a time: the one that the address names behind its #.

const dark = matchMedia("(prefers-color-scheme: dark)");
const shade = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", shade);
shade();

const show = async () => {
  const { vendors } = await (await fetch("/_sandbox")).json();
  const named = location.hash.slice(1).split("/")[0];
  const chosen = vendors[named] ? named : Object.keys(vendors)[0];
  document.querySelector("nav").replaceChildren(...Object.entries(vendors).map(([slug, vendor]) => {
    const link = document.createElement("a");
    link.href = `#${slug}`;
    link.append(`${vendor.name} (${vendor.operations})`);
    if (slug === chosen) link.setAttribute("aria-current", "page");
    return link;
  }));
  const vendor = vendors[chosen];
  document.getElementById("base-url").textContent = vendor.base_url;
  document.getElementById("api-key").textContent = vendor.api_key;
  document.getElementById("refused-key").textContent = vendor.refused_key;
  const ui = SwaggerUIBundle({
    url: vendor.openapi,
    dom_id: "#ui",
    docExpansion: "list",
    defaultModelsExpandDepth: -1,
    displayRequestDuration: true,
    filter: true,
    validatorUrl: null,
    onComplete: () => ui.preauthorizeApiKey(vendor.security_scheme, vendor.api_key),
  });
};
addEventListener("hashchange", show);
show();
