// Read by Solara's page before the app starts. Its viewport forbids zooming, which people with
// poor sight need.
document
  .querySelector('meta[name="viewport"]')
  ?.setAttribute("content", "width=device-width, initial-scale=1");
