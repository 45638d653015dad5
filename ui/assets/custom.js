// Read by Solara's page before the app starts.

// Solara's viewport forbids zooming, which people with poor sight need.
document
  .querySelector('meta[name="viewport"]')
  ?.setAttribute("content", "width=device-width, initial-scale=1");

// The styles of the pages' own components.
for (const name of ["home", "player", "lessons", "follow", "pages"]) {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = `${window.solara?.rootPath ?? ""}/static/assets/ornok/${name}.css`;
  document.head.appendChild(link);
}
