// The head of every page: name, menu, language. Sets the document's title and language.

const COOKIE = "ornok-language";

export default {
  template: `
    <header class="head">
      <a class="skip" href="#page">{{ texts.skip }}</a>
      <a class="name" href="/" @click.prevent="go('/')"><span class="mark" aria-hidden="true"></span>Ornok</a>
      <nav :aria-label="texts.pages">
        <a v-for="one in menu" :key="one.path" :href="one.path" :aria-current="one.here ? 'page' : null"
           @click.prevent="go(one.path)">{{ one.text }}</a>
      </nav>
      <label class="speak">
        <span class="unseen">{{ texts.language }}</span>
        <select :value="language" @change="choose($event.target.value)">
          <option v-for="(name, code) in languages" :key="code" :value="code" :lang="code">{{ name }}</option>
        </select>
      </label>
    </header>`,
  mounted() {
    this.tell();
  },
  watch: {
    language() { this.tell(); },
    title() { this.tell(); },
  },
  methods: {
    tell() {
      document.documentElement.lang = this.language;
      document.title = this.title;
      // On a phone the menu is wider than the screen.
      this.$nextTick(() => { const nav = this.$el.querySelector("nav"), here = nav?.querySelector("[aria-current]"); if (here) nav.scrollLeft = here.offsetLeft + here.offsetWidth - nav.clientWidth; });
    },
    choose(code) {
      document.cookie = `${COOKIE}=${code}; path=/; max-age=31536000; samesite=lax`;
      this.speak(code);
    },
  },
};
