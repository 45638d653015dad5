// Classic: words around Mesa's own page. Mesa's pictures have no text for those who do not see them, and some of
// its controls no name: they get one here.

export default {
  template: `
    <div>
      <h1>{{ texts.title }}</h1>
      <p class="lead">{{ texts.lead }}</p>
      <p v-if="texts.english" class="small">{{ texts.english }}</p>
      <p v-if="state === 'missing'" class="notice" role="note">{{ texts.missing }}</p>
      <p v-if="state === 'full'" class="notice" role="alert">{{ texts.full }}</p>
      <p v-if="state === 'starts'" class="small" role="status">{{ texts.starts }}</p>
    </div>`,
  mounted() {
    this.watcher = new MutationObserver(() => this.label());
    this.watcher.observe(this.$el.parentElement ?? document.body, { childList: true, subtree: true });
    this.label();
  },
  beforeUnmount() { this.watcher?.disconnect(); },
  methods: {
    label() {
      document.querySelectorAll(".classic .mesa-parts img:not([alt]), .classic .mesa-parts img[alt='']").forEach((image) => {
        const all = [...document.querySelectorAll(".classic .mesa-parts img")];
        image.alt = this.texts.pictures[all.indexOf(image)] ?? this.texts.title;
      });
      document.querySelectorAll(".classic .v-slider-thumb:not([aria-label])").forEach((thumb) => {
        const name = thumb.closest(".v-input")?.querySelector(".v-label")?.textContent?.trim();
        if (name) thumb.setAttribute("aria-label", name);
      });
    },
  },
};
